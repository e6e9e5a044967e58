import { text } from '../shared/texts'
import type { Kind } from './row'
import type { Item } from './rows'

/** What an import has found, and of what. */
export interface Importable {
  title: string
  items: readonly Item[]
  /** Whether there are more. */
  more?: boolean
  /** Where there is none: the likely reason, and what to do. */
  why?: string
  /** What of it is not taken, and where it belongs. */
  note?: string
  /** Where else they may be. */
  other?: Source
}

/** Where something can be imported from. */
export interface Source {
  label: string
  /**
   * @param button the one that was pressed, below which a list can be opened
   * @returns nothing where the person has thought better of it; rejects with a text for the person
   */
  load: (button: JQuery) => Promise<Importable | undefined>
}

function lineOf(item: Item, isInTable: boolean) {
  const box = $('<input type="checkbox" checked>')
  const name = item.name && item.name !== item.id ? $('<span class="edgecourier-import-name">').text(item.name) : ''
  const about = [item.type, item.unit, isInTable ? text('table.import.inTable') : ''].filter(Boolean).join(' · ')
  const kind = $('<span class="edgecourier-row-kind">').text(about)
  const label = $('<label>').append(box, $('<span>').text(item.id), name, kind)
  return { item, box, line: $('<li>').append(label) }
}

interface Taking {
  /** Ids that are in the table. */
  inTable: ReadonlySet<string>
  onTake: (items: readonly Item[]) => void
  /** Told of the other source and its button; without it none is offered, and nobody can cancel. */
  onOther?: (source: Source, button: JQuery) => void
}

/** Shows what can be imported, ticked, and gives what stays ticked to `onTake`; nothing where the person cancels. */
export function showImport(
  kind: Kind,
  panel: JQuery,
  { title, items, more, other }: Importable,
  { inTable, onTake, onOther }: Taking,
): void {
  const lines = items.map((item) => lineOf(item, inTable.has(item.id)))
  const ticked = () => lines.filter(({ box }) => box.prop('checked'))
  const all = $('<input type="checkbox">')
  const take = $('<button type="button" class="red-ui-button">')
  const cancel = $('<button type="button" class="red-ui-button">').text(text('table.import.cancel'))
  const update = () => {
    const count = ticked().length
    all.prop({ checked: count === lines.length, indeterminate: count > 0 && count < lines.length })
    take.prop('disabled', count === 0).text(text('table.import.take', { total: count }))
  }
  all.on('change', () => {
    for (const { box } of lines) box.prop('checked', all.prop('checked'))
    update()
  })
  const end = (taken: readonly Item[]) => {
    panel.empty()
    onTake(taken)
  }
  take.on('click', () => end(ticked().map(({ item }) => item)))
  cancel.on('click', () => end([]))
  const found = $('<span>').text(text(`table.${kind}.found`, { total: items.length, title }))
  const heading = $('<label class="edgecourier-import-all">').append(all, found)
  const list = $('<ul>')
    .append(lines.map(({ line }) => line))
    .on('change', update)
  const rest = more ? $('<div>').text(text('table.import.more')) : ''
  const buttons = $('<div class="edgecourier-import-buttons">')
  if (items.length > 0) buttons.append(take)
  if (onOther && other) {
    const elsewhere = $('<button type="button" class="red-ui-button" aria-haspopup="listbox">').text(other.label)
    buttons.append(elsewhere.on('click', () => onOther(other, elsewhere)))
  }
  if (onOther) buttons.append(cancel)
  const group = $('<div class="edgecourier-import" role="group">').attr('aria-label', text('table.import.label'))
  panel.empty().append(group.append(...(items.length > 0 ? [heading, list, rest] : []), buttons))
  update()
  buttons.children().first().trigger('focus')
}
