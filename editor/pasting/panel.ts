import { text } from '../shared/texts'
import { foreignOf, type Placed, shown } from './fit'
import type { PastedValue } from './read'
import type { Targets } from './target'

interface Offer {
  targets: Targets
  /** What was pasted: of these one is taken over. */
  records: readonly (readonly Placed[])[]
  /** What the dialog calls a target. */
  labelOf: (name: string) => string
  onTake: (placed: readonly Placed[]) => void
  onCancel: () => void
  /** Takes it as the text that it is. */
  onText?: () => void
}

const mostSeen = 100

/** Shows where each value goes, and lets the person send it elsewhere; nothing is filled in before it is told so. */
export function showPlaced(panel: JQuery, { targets, records, labelOf, onTake, onCancel, onText }: Offer): void {
  const button = (words: string) => $('<button type="button" class="red-ui-button">').text(words)
  const list = $('<ul>')
  const take = button('')
  let now: Placed[] = []

  const update = () => {
    const count = now.filter(({ target }) => target !== undefined).length
    take.prop('disabled', count === 0).text(text('paste.take', { total: count }))
  }
  const show = () => {
    list.empty().append(now.map((placed, index) => lineOf(placed, index)))
    update()
  }
  const lineOf = (placed: Placed, index: number) => {
    const words = shown(placed, targets)
    const choices = targets.fitting(placed).map(({ name }) => $('<option>').val(name).text(labelOf(name)))
    const select = $('<select>')
      .append($('<option value="">').text(text('paste.nowhere')), choices)
      .val(placed.target ?? '')
      .attr('aria-label', text('paste.fieldFor', { value: placed.name || words }))
    select.on('change', () => {
      const target = String(select.val())
      now = now.map(({ target: before, ...value }, at) => {
        const after = at === index ? target : before === target ? '' : (before ?? '')
        return after ? { ...value, target: after } : value
      })
      show()
      list.find('select').eq(index).trigger('focus')
    })
    const about = $('<span class="edgecourier-pasted-value">').text(words)
    if (placed.name)
      about.prepend($('<span class="edgecourier-import-name">').text(`${placed.name.slice(0, mostSeen)}: `))
    return $('<li>').append(about, '<i class="fa fa-long-arrow-right" aria-hidden="true"></i>', select)
  }
  const note = $('<div>')
  const choose = (index: number) => {
    note.text(foreignText(records[index] ?? [], targets))
    now = (records[index] ?? []).filter(({ value }) => value !== '').slice(0, mostSeen)
    show()
  }

  const rows = $('<select>').append(
    records.slice(0, mostSeen).map((record, index) =>
      $('<option>')
        .val(index)
        .text([`${index + 1}`, ...nameOf(record, targets)].join(' · ')),
    ),
  )
  rows.on('change', () => choose(Number(rows.val())))
  const heading = $('<div class="edgecourier-pasted-title">').text(text('paste.found'))
  const rowChoice = records.length > 1 ? $('<label>').append($('<span>').text(text('paste.row')), rows) : ''
  const buttons = $('<div class="edgecourier-import-buttons">').append(
    take.on('click', () => onTake(now)),
    onText ? button(text('paste.asText')).on('click', onText) : '',
    button(text('paste.cancel')).on('click', onCancel),
  )
  const group = $('<div class="edgecourier-import edgecourier-pasted" role="group">').attr(
    'aria-label',
    text('paste.found'),
  )
  group.on('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    onCancel()
  })
  panel.empty().append(group.append(heading, rowChoice, list, note, buttons))
  choose(0)
  buttons.children(':enabled').first().trigger('focus')
}

/** What of it belongs to another configuration, and to which; empty where nothing does. */
export function foreignText(record: readonly PastedValue[], targets: Targets): string {
  const foreign = foreignOf(record, targets)
  return foreign ? text('paste.foreign', { names: foreign.names.join(', '), types: foreign.types.join(', ') }) : ''
}

/** What tells a record from others, and is no secret. */
function nameOf(record: readonly Placed[], targets: Targets): string[] {
  return record
    .filter((placed) => placed.target !== undefined && shown(placed, targets) === placed.value)
    .map(({ value }) => value)
    .filter((value) => !/^https?:/.test(value))
    .slice(0, 3)
}
