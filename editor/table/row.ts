import { text } from '../shared/texts'
import { nameExpandButton } from '../shared/typed-inputs'
import { type Item, type Row, reasonOf, usualSource } from './rows'

const sourceTypes = ['msg', 'flow', 'global', 'str', 'num', 'bool', 'jsonata', 'env'] as const

/** What a table holds: the catalogue's texts under this name. */
export type Kind = 'points' | 'sensors'

/** A row as the dialog shows it. */
export interface ShownRow {
  read(): Row
  check(rows: readonly Row[]): void
  /** Takes type and unit of what was imported. */
  know(item: Item): void
  focus(): void
}

export const shownRow = (content: JQuery): ShownRow => content.data('row') as ShownRow

/** Fills a row's content; its `shownRow` can be read, changed and checked. */
export function fillRow(kind: Kind, content: JQuery, row: Partial<Row>, changed: () => void): void {
  const { id = '', source = '', sourceType = 'msg', name = '', type = '', unit = '', minimum, maximum } = row
  const idInput = $('<input type="text" class="edgecourier-row-id" autocomplete="off" spellcheck="false">').val(id)
  const sourceInput = $('<input type="text">').val(source)
  const kindText = $('<div class="edgecourier-row-kind">')
  const reasonId = `edgecourier-reason-${Math.random().toString(36).slice(2)}`
  const reason = $('<div class="edgecourier-row-reason">').attr('id', reasonId)
  const arrow = '<i class="edgecourier-row-arrow fa fa-long-arrow-left" aria-hidden="true"></i>'
  const sourcePlace = $('<div class="edgecourier-row-source">').append(sourceInput)
  const nameText = $('<div class="edgecourier-row-name">').attr('id', `${reasonId}-name`)
  content.addClass('edgecourier-row').append(idInput, arrow, sourcePlace, kindText, nameText, reason)
  sourceInput.typedInput({ types: sourceTypes, default: sourceType })
  nameExpandButton(content)
  const sourceField = content.find('.red-ui-typedInput-input')
  const sourceKind = content.find('.red-ui-typedInput-type-select')
  const handle = content.siblings('.red-ui-editableList-item-handle').attr({ tabindex: 0, role: 'button' })
  const remove = content.siblings('.red-ui-editableList-item-remove').attr('role', 'button')

  const idNow = () => String(idInput.val()).trim()
  let known: Partial<Row> = { id, name: otherThan(id, name), type, unit, ...bounds({ minimum, maximum }) }
  let lastId = id
  let isTouched = id !== ''
  // Type and unit belong to the imported id: another id has none, and the same again has them again.
  const knownNow = () => (known.id === idNow() ? known : {})
  const show = () => {
    const named = { id: lastId || text('table.newRow') }
    kindText.text([knownNow().type, knownNow().unit].filter(Boolean).join(' · '))
    nameText.text([knownNow().name, isCut(idInput) ? idNow() : ''].filter(Boolean).join(' · '))
    idInput.attr('aria-label', text(`table.${kind}.id`))
    sourceField.attr('aria-label', text('table.sourceOf', named))
    // What is seen on it is part of what it is called, for whoever calls it by that.
    const kindOfSource = `${text('table.sourceTypeOf', named)}: ${sourceKind.attr('title') ?? ''}`
    sourceKind.attr('aria-label', kindOfSource)
    handle.attr({ 'aria-label': text('table.move', named), title: text('table.move', named) })
    remove.attr('aria-label', text('table.remove', named))
  }
  const read = (): Row => {
    const { id: _id, ...about } = knownNow()
    const kindNow = Object.entries(about).filter(([, value]) => value !== undefined && value !== '')
    return {
      id: idNow(),
      source: String(sourceInput.typedInput('value')),
      sourceType: sourceInput.typedInput('type'),
      ...Object.fromEntries(kindNow),
    }
  }
  const check = (rows: readonly Row[]) => {
    const why = isTouched || read().id ? reasonOf(read(), rows) : undefined
    const isSource = !!why && !sourceInput.typedInput('value') && idNow() !== ''
    reason.text(why ?? '')
    mark(idInput, !!why && !isSource, `${reasonId} ${reasonId}-name`)
    mark(sourceField, isSource, reasonId)
  }
  const know = (item: Item) => {
    known = {
      id: item.id,
      name: otherThan(item.id, item.name),
      type: item.type ?? '',
      unit: item.unit ?? '',
      ...bounds(item),
    }
    show()
  }

  idInput.on('input', () => {
    const sourceNow = sourceInput.typedInput('value')
    const isUntouched = sourceNow === '' || sourceNow === usualSource(lastId)
    lastId = idNow()
    if (isUntouched && sourceInput.typedInput('type') === 'msg')
      sourceInput.typedInput('value', lastId && usualSource(lastId))
    show()
    changed()
  })
  idInput.on('blur', () => {
    isTouched = true
    changed()
  })
  sourceInput.on('change', () => {
    show()
    changed()
  })
  const shown: ShownRow = { read, check, know, focus: () => idInput.trigger('focus') }
  content.data('row', shown)
  if (content[0]) new ResizeObserver(show).observe(content[0])
  show()
}

function mark(field: JQuery, isBad: boolean, describedBy: string): void {
  field.toggleClass('input-error', isBad).attr({ 'aria-invalid': String(isBad), 'aria-describedby': describedBy })
}

function bounds({ minimum, maximum }: { minimum?: number | undefined; maximum?: number | undefined }): Partial<Row> {
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) }
}

/** A name that says no more than the id is not shown. */
const otherThan = (id: string, name: string | undefined) => (name === id ? '' : (name ?? ''))

function isCut(field: JQuery): boolean {
  const [input] = field.toArray()
  return input !== undefined && input.clientWidth > 0 && input.scrollWidth > input.clientWidth
}

/** Arrow keys on a handle move the row; the mouse drags it. */
export function moveByKey(event: JQuery.KeyDownEvent): void {
  const handle = event.currentTarget as HTMLElement
  const row = $(handle).closest('li')
  const isUp = event.key === 'ArrowUp'
  const neighbour = isUp ? row.prev() : row.next()
  if ((!isUp && event.key !== 'ArrowDown') || neighbour.length === 0) return
  event.preventDefault()
  if (isUp) row.insertBefore(neighbour)
  else row.insertAfter(neighbour)
  handle.focus()
}
