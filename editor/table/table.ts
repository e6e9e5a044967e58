import { text } from '../shared/texts'
import { type Importable, type Source, showImport } from './import-panel'
import { fromPasted, importableOf, isOfRows } from './pasted'
import { fillRow, type Kind, moveByKey, shownRow } from './row'
import { type Item, type Row, usualSource } from './rows'

/** A button that brings rows. */
export interface Import extends Source {
  icon: string
}

const list = (kind: Kind) => $(`#edgecourier-${kind} ol`)
const contents = (kind: Kind) =>
  list(kind)
    .editableList('items')
    .toArray()
    .map((content) => $(content))

/** The rows as the dialog shows them now. */
export const tableRows = (kind: Kind): Row[] => contents(kind).map((content) => shownRow(content).read())

/** Takes rows for these items in, with where a message is likely to hold them, and those out that were taken in before. */
export function replaceRows(kind: Kind, former: readonly string[], items: readonly Item[]): void {
  const wanted = new Set(items.map(({ id }) => id))
  for (const content of contents(kind)) {
    const { id, source } = shownRow(content).read()
    if (former.includes(id) && !wanted.has(id) && source === usualSource(id))
      list(kind).editableList('removeItem', content.data('data'))
  }
  const takeIn = list(kind).data('takeIn') as (items: readonly Item[]) => void
  takeIn(items)
}

/** Makes the table in `#edgecourier-<kind>`. */
export function showTable(kind: Kind, rows: readonly Partial<Row>[], imports: readonly Import[]): void {
  const label = text(`table.${kind}.label`)
  const place = $(`#edgecourier-${kind}`).addClass('edgecourier-table').attr({ role: 'group', 'aria-label': label })
  const status = $('<div class="edgecourier-row-reason" role="status">')
  const panel = $('<div>')
  const ordered = $('<ol>')
  const heading = $('<div class="edgecourier-table-label">')
  heading.append('<i class="fa fa-list"></i> ', document.createTextNode(label))
  place.append(heading, ordered, status, panel)
  const checkAll = () => {
    const now = tableRows(kind)
    for (const content of contents(kind)) shownRow(content).check(now)
  }
  const add = (row: Partial<Row>) => ordered.editableList('addItem', row)
  const takeIn = (items: readonly Item[]) => {
    const byId = new Map(contents(kind).map((content) => [shownRow(content).read().id, shownRow(content)]))
    for (const item of items) {
      const present = byId.get(item.id)
      if (present) present.know(item)
      else add({ ...item, source: item.source ?? usualSource(item.id) })
    }
    checkAll()
  }
  const offer = (found: Importable) =>
    showImport(kind, panel, found, {
      inTable: new Set(tableRows(kind).map(({ id }) => id)),
      onTake: (items) => {
        status.empty()
        takeIn(items)
        place.find('.red-ui-editableList-addButton').first().trigger('focus')
      },
      onOther: run,
    })
  const run = async ({ load }: Source, button: JQuery) => {
    status.text(text('table.import.running'))
    try {
      const found = await load(button)
      status.text(found?.items.length === 0 ? (found.why ?? text('choices.nothing')) : (found?.note ?? ''))
      if (found && (found.items.length > 0 || found.other)) offer(found)
    } catch (failure) {
      status.text((failure as Error).message)
    }
  }
  const columns = [text(`table.${kind}.id`), text('table.source'), text('table.kind')]
  ordered.editableList<Partial<Row>>({
    header: $('<div class="edgecourier-row" aria-hidden="true">').append(
      columns.map((words) => $('<div>').text(words)),
    ),
    addButton: text(`table.${kind}.add`),
    buttons: [...imports, fromPasted(kind)].map((source) => ({
      label: source.label,
      icon: source.icon,
      click: (event) => run(source, $(event.currentTarget)),
    })),
    height: 'auto',
    scrollOnAdd: false,
    sortable: true,
    removable: true,
    addItem: (content, _index, row) => {
      fillRow(kind, content, row, checkAll)
      if (row.id === undefined) shownRow(content).focus()
    },
    removeItem: checkAll,
  })
  ordered.on('keydown', '.red-ui-editableList-item-handle', moveByKey)
  // Enter goes on to the next row, so that a whole table can be typed.
  ordered.on('keydown', '.edgecourier-row-id', (event) => {
    const { value } = event.currentTarget as HTMLInputElement
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || !value) return
    event.preventDefault()
    add({})
  })
  ordered.on('paste', '.edgecourier-row-id', (event) => {
    const copied = (event.originalEvent as ClipboardEvent).clipboardData?.getData('text') ?? ''
    const found = isOfRows(copied) ? importableOf(kind, copied) : undefined
    if (!found) return
    event.preventDefault()
    status.text(found.note ?? '')
    if (found.items.length === 0) return
    offer(found)
    const { value } = event.currentTarget as HTMLInputElement
    // An empty row was only the way in.
    if (value === '') ordered.editableList('removeItem', $(event.currentTarget).parent().data('data'))
  })
  ordered.data('takeIn', takeIn)
  for (const row of rows) add({ ...row, id: row.id ?? '' })
  checkAll()
}
