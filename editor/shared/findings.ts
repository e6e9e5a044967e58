import { ask } from './ask'
import { whileBusy } from './busy'
import { text } from './texts'

/** What the server has found out about a form: good, bad, or to be seen. */
interface Finding {
  ok?: boolean
  text: string
}

/** A configuration, deployed or not. */
interface Tried {
  id: string
  z?: string | undefined
  values: Readonly<Record<string, unknown>>
}

/** Has the server try a configuration: answers what it found. */
export async function findingsFor(type: string, data: Tried): Promise<Finding[]> {
  try {
    const url = `edgecourier/test/${type}`
    const { findings } = await ask<{ findings: Finding[] }>({ url, data, noAnswer: text('test.noAnswer') })
    return findings
  } catch (failure) {
    return [{ ok: false, text: (failure as Error).message }]
  }
}

/** The same of a configuration's form with its unsaved values. */
function findingsOf(node: EditorNode): Promise<Finding[]> {
  const { defaults, credentials } = node._def
  const values = Object.keys({ ...defaults, ...credentials }).map((name) => {
    const value = $(`#node-config-input-${name}`).val()
    return [name, value === '_ADD_' ? '' : value] as const
  })
  return findingsFor(node.type, { id: node.id, z: node.z, values: Object.fromEntries(values) })
}

/** A list of findings; `say` shows what is going on instead. */
export function findingsList() {
  const list = $('<ul class="edgecourier-findings" aria-live="polite">')
  const say = (words: string) => list.empty().append($('<li>').text(words))
  const show = (found: readonly Finding[]) => {
    const items = found.map(({ ok, text: words }) =>
      $('<li>')
        .addClass(ok ? 'good' : ok === false ? 'bad' : 'open')
        .text(words),
    )
    list.empty().append(items)
  }
  return { list, say, show }
}

/** Fills the row `.edgecourier-test`: a button that tries the form's unsaved values, and what it found. */
export function testConnection(node: EditorNode): void {
  const button = $('<button type="button" class="red-ui-button">')
  button.append('<i class="fa fa-plug"></i> ', document.createTextNode(text('test.button')))
  const { list, say, show } = findingsList()
  // What was found is true of what was tried, and of nothing else.
  let tries = 0
  const forget = () => {
    tries++
    list.empty()
    button.prop('disabled', false)
  }
  $('.edgecourier-test').closest('.edgecourier').on('input change', 'input, select', forget)
  const tryIt = async () => {
    const attempt = ++tries
    say(text('test.running'))
    const found = await findingsOf(node)
    if (attempt === tries) show(found)
  }
  button.on('click', () => whileBusy(button, tryIt))
  $('.edgecourier-test').append(button, list)
}

/** Fills the row `.edgecourier-outlook` with what these fields come to, and again when one of them changes. */
export function showOutlook(node: EditorNode, names: readonly string[]): void {
  const { list, show } = findingsList()
  $('.edgecourier-outlook').append(list)
  let asked = 0
  const askAgain = async () => {
    const question = ++asked
    const found = await findingsOf(node)
    if (question === asked) show(found)
  }
  $(names.map((name) => `#node-config-input-${name}`).join()).on('change', askAgain)
  askAgain()
}
