import { ask } from '../shared'

const mostNames = 5

/** A lane whose values nothing sends. */
interface Lane {
  lane: string
  account: string
  kind: string
  pending: number
  oldestAcceptedMs?: number
  streams: readonly { stream: string; count: number }[]
  takers: readonly { lane: string; device?: string }[]
}

interface LeftBehind {
  lanes: readonly Lane[]
  folders: readonly { folder: string; records?: number }[]
}

/** Fills the row `.edgecourier-left`: a button that lists what waits and nothing sends, each with what can be done with it. */
export function showLeftBehind(node: EditorNode): void {
  const say = (key: string, options?: TextOptions) => node._(key, options)
  const button = (words: string) => $('<button type="button" class="red-ui-button">').text(words)
  const mayChange = RED.user.hasPermission('cloud-outbox.write')
  const open = button(say('left.open'))
  const place = $('<section aria-live="polite">')
  // What was answered is of the outbox that was asked, and of nobody who asked later.
  let asked = 0
  const tell = (words: string) => place.empty().append($('<p>').text(words))
  const chosen = () => {
    const id = $('#node-input-outbox').val()
    return id && id !== '_ADD_' ? String(id) : undefined
  }
  const askFor = async (url: string, data?: object) => {
    const question = ++asked
    place.find('button, select').prop('disabled', true)
    const sent = data === undefined ? {} : { data }
    try {
      const found = await ask<LeftBehind>({ url, ...sent, noAnswer: say('left.noAnswer') })
      if (question === asked) show(found)
    } catch (failure) {
      if (question === asked) tell((failure as Error).message)
    }
  }
  const list = () => {
    const id = chosen()
    if (!id) return tell(say('left.noOutbox'))
    tell(say('left.asking'))
    return askFor(`edgecourier/outbox/${encodeURIComponent(id)}/left-behind`)
  }
  const act = async (what: 'give' | 'drop', values: object) => {
    await askFor(`edgecourier/outbox/${what}-left-behind`, { id: chosen(), ...values })
    // The button that was pressed is gone.
    open.trigger('focus')
  }

  const show = ({ lanes, folders }: LeftBehind) => {
    const notes = folders.map(({ folder, records }) =>
      $('<p>').text(say('left.folder', { folder, records: records ?? '?' })),
    )
    if (lanes.length === 0) notes.push($('<p>').text(say('left.none')))
    else notes.push(tableOf(lanes))
    if (lanes.length > 0 && !mayChange) notes.push($('<p>').text(say('left.mayNotChange')))
    place.empty().append(notes)
  }
  const tableOf = (lanes: readonly Lane[]) => {
    const titles = [say('left.for'), say('left.waiting'), say('left.since')]
    const head = $('<tr>').append(titles.map((words) => $('<th scope="col">').text(words)))
    const rows = lanes.flatMap((lane) => [rowOf(lane), actionsOf(lane)])
    return $('<table>').append($('<thead>').append(head), $('<tbody>').append(rows))
  }
  const rowOf = ({ lane, account, kind, pending, oldestAcceptedMs, streams }: Lane) => {
    const names = streams.slice(0, mostNames).map(({ stream, count }) => $('<li>').text(`${stream}: ${count}`))
    if (streams.length > mostNames) names.push($('<li>').text(say('left.more', { total: streams.length - mostNames })))
    const whom = $('<td>').attr('title', lane)
    whom.append($('<div>').text(`${account} · ${kind}`), $('<ul>').append(names))
    const since = oldestAcceptedMs === undefined ? '' : new Date(oldestAcceptedMs).toLocaleString(RED.i18n.lang())
    return $('<tr>').append(whom, $('<td>').text(pending), $('<td>').text(since))
  }
  const actionsOf = ({ lane, account, pending, takers }: Lane) => {
    const giveTo = say('left.giveTo')
    const options = takers.map(({ lane: to, device }, at) =>
      $('<option>')
        .val(at)
        .text(device ? `${device} · ${to}` : to),
    )
    const first = $('<option value="">').text(takers.length > 0 ? giveTo : say('left.noTaker'))
    const select = $('<select>').attr('aria-label', `${giveTo} (${account})`).append(first, options)
    const named = (words: string) => button(words).attr('aria-label', `${words}: ${account}`)
    const give = named(say('left.give')).prop('disabled', true)
    const drop = named(say('left.drop')).prop('disabled', !mayChange)
    select
      .prop('disabled', !mayChange || takers.length === 0)
      .on('change', () => give.prop('disabled', select.val() === ''))
    give.on('click', () => {
      const taker = takers[Number(select.val())]
      if (taker) act('give', { lane, to: taker.lane, device: taker.device })
    })
    const cell = $('<td colspan="3">').append(select, ' ', give, ' ', drop)
    drop.on('click', () => {
      const really = button(say('left.really', { total: pending })).on('click', () => act('drop', { lane }))
      const keep = button(say('left.keep')).on('click', () => {
        question.remove()
        drop.prop('disabled', false).trigger('focus')
      })
      const question = $('<span>').append(' ', really, ' ', keep)
      drop.prop('disabled', true).after(question)
      keep.trigger('focus')
    })
    return $('<tr>').append(cell)
  }

  $('#node-input-outbox').on('change', () => {
    asked++
    place.empty()
  })
  open.on('click', list)
  $('.edgecourier-left').append(open, place)
}
