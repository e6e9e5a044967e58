import { text } from '../shared/texts'

interface Mark {
  start: number
  end: number
  reason: string
}

interface Request {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  bodyBytes: number
  marks: readonly Mark[]
}

/** What is wrong with a value. */
interface Told {
  row?: number
  point?: string
  reason: string
}

interface Preview {
  way: 'now' | 'outbox'
  requests: readonly Request[]
  requestCount: number
  unchecked: readonly string[]
  rejected?: readonly Told[]
  rejectedCount?: number
  warnings?: readonly Told[]
  warningCount?: number
  /** When the message came, Unix milliseconds; none of a sample. */
  arrivalMs?: number
}

/** What the server answers: what would be sent, or why the node would send nothing of it. */
export type Answer = Preview | { error: { message: string; rejected?: readonly Told[]; rejectedCount?: number } }

type Mood = 'good' | 'bad' | 'open'

export function shownAnswer(answer: Answer): JQuery {
  const whole = $('<div>')
  if ('error' in answer) {
    const { message, rejected, rejectedCount } = answer.error
    return whole.append(findings([['bad', message], ...told('bad', 'preview.leftOut', rejected, rejectedCount)]))
  }
  const { requests, requestCount } = answer
  whole.append($('<p>').text(summaryOf(answer)), findings(findingsOf(answer)))
  for (const [at, request] of requests.entries()) whole.append(shownRequest(request, at + 1))
  if (requestCount > requests.length)
    whole.append($('<p>').text(text('preview.more', { total: requestCount - requests.length })))
  return whole
}

function summaryOf({ arrivalMs, way, requestCount }: Preview): string {
  const time = arrivalMs === undefined ? '' : new Date(arrivalMs).toLocaleTimeString(RED.i18n.lang())
  const message = time ? text('preview.last', { time }) : text('preview.ofSample')
  return [message, text(`preview.${way}`), text('preview.requests', { total: requestCount })].join(' · ')
}

function findingsOf({ unchecked, rejected, rejectedCount, warnings, warningCount }: Preview): [Mood, string][] {
  const found: [Mood, string][] = [
    ...told('bad', 'preview.leftOut', rejected, rejectedCount),
    ...told('open', 'preview.doubtful', warnings, warningCount),
    ...unchecked.map((words): [Mood, string] => ['open', words]),
  ]
  return found.length > 0 ? found : [['good', text('preview.fits')]]
}

const mostTold = 10

function told(mood: Mood, key: string, values: readonly Told[] = [], count = values.length): [Mood, string][] {
  const listed = values.slice(0, mostTold).map((value): [Mood, string] => [mood, text(key, { what: wordsOf(value) })])
  const others = count - listed.length
  return others > 0 ? [...listed, [mood, text('preview.others', { total: others })]] : listed
}

function wordsOf({ row, point, reason }: Told): string {
  const where = [point, row === undefined ? undefined : text('preview.row', { row: row + 1 })].filter(Boolean)
  return where.length > 0 ? `${where.join(', ')}: ${reason}` : reason
}

function findings(found: readonly [Mood, string][]): JQuery {
  const items = found.map(([mood, words]) => $('<li>').addClass(mood).text(words))
  return $('<ul class="edgecourier-findings">').append(items)
}

function shownRequest({ method, url, headers, body, bodyBytes, marks }: Request, number: number): JQuery {
  const head = $('<div class="edgecourier-preview-head">').append($('<b>').text(method), ` ${url}`)
  for (const [name, value] of Object.entries(headers)) head.append($('<div>').text(`${name}: ${value}`))
  const content = $('<pre tabindex="0" role="region">').attr('aria-label', text('preview.body', { number }))
  content.append(...markedBody(body, marks))
  const whole = $('<div class="edgecourier-preview-request">').append(head, content)
  // A cut never leaves more bytes than characters.
  const isCut = new TextEncoder().encode(body).length < bodyBytes
  return isCut ? whole.append($('<p>').text(text('preview.cut', { total: bodyBytes }))) : whole
}

/** As it would be sent, with what is doubtful in it marked. */
function markedBody(body: string, marks: readonly Mark[]): (HTMLElement | Text)[] {
  const parts: (HTMLElement | Text)[] = []
  let from = 0
  for (const { start, end, reason } of marks) {
    const mark = document.createElement('mark')
    mark.title = reason
    mark.textContent = body.slice(start, end)
    parts.push(document.createTextNode(body.slice(from, start)), mark)
    from = end
  }
  parts.push(document.createTextNode(body.slice(from)))
  return parts
}
