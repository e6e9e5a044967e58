import type { Field } from '../../lib/settings'
import { fieldOf } from '../choices/field'
import { text } from '../shared/texts'
import { fitted, type Placed } from './fit'
import { foreignText, showPlaced } from './panel'
import { readPasted } from './read'
import { recordsOf } from './records'
import { settingTargets } from './settings'
import { type Targets, taken } from './target'

type NamedField = Field & { name: string }

/**
 * Lets a dialog take what was copied elsewhere, into any of its fields: values go to the fields that they fit, once the person
 * has seen where.
 * @param fields from top to bottom
 */
export function takePasted(node: EditorNode, fields: readonly NamedField[]): void {
  const dialog = fieldOf(node, 'name').row.closest('.edgecourier')
  const place = $('<div>')
  const close = () => place.empty()
  const targetsNow = () =>
    settingTargets(
      fields.filter(({ name }) => canTake(node, name)),
      (name) => shownOf(node, name),
    )

  /** Shows what was pasted below a row; whether there is anything to show. */
  const offer = (copied: string, row: JQuery, first: string | undefined, asText?: () => void): boolean => {
    const targets = targetsNow()
    const pasted = readPasted(copied)
    const records = (pasted ? recordsOf(pasted, targets) : []).map((record) => fitted(record, targets, first))
    const [placed = []] = records
    const isSplit = pasted?.form === 'cells' && (pasted.separator === '\t' || pasted.separator === '\n')
    // What is of another account is no text for a field either.
    const isForeign = foreignText(placed, targets) !== ''
    if (asText && !isForeign && !isMeantForFields(placed, targets, first, isSplit)) return false
    if (!isForeign && !placed.some(({ target }) => target)) return false
    place.insertAfter(row)
    const end = () => {
      close()
      row.find('input:visible, button').first().trigger('focus')
    }
    showPlaced(place, {
      targets,
      records,
      labelOf: (name) => shownOf(node, name).label,
      onTake: (all) => {
        for (const each of all) fill(node, targets, each)
        end()
      },
      onCancel: end,
      ...(asText && !isForeign
        ? {
            onText: () => {
              close()
              asText()
            },
          }
        : {}),
    })
    return true
  }

  dialog.on('paste', '.form-row input', (event) => {
    const input = event.currentTarget as HTMLInputElement
    const row = $(input).closest('.form-row')
    const first = fields.find(({ name }) => fieldOf(node, name).row[0] === row[0] && canTake(node, name))?.name
    if (first === undefined) return
    const copied = (event.originalEvent as ClipboardEvent).clipboardData?.getData('text') ?? ''
    if (offer(copied, row, first, () => insert(input, copied))) event.preventDefault()
  })
  if (fields.some(({ kind }) => kind === 'secret'))
    addButton(fieldOf(node, 'name').row, (copied, row) => offer(copied, row, undefined))
}

/** Puts a row with a button below another: it opens a field to paste into, for whoever looks for where. */
function addButton(above: JQuery, offer: (copied: string, row: JQuery) => boolean): void {
  const row = $('<div class="form-row edgecourier-paste">').insertAfter(above)
  const button = $('<button type="button" class="red-ui-button">')
  button.append('<i class="fa fa-clipboard"></i> ', document.createTextNode(text('paste.button')))
  row.append($('<label>'), button)
  button.on('click', () => {
    const { field, status } = pasteField((copied) => {
      if (!offer(copied, row)) return status.text(text('paste.nothing'))
      field.add(status).remove()
      return button.show()
    })
    button.hide()
    row.append(field, status)
    field.trigger('focus').on('blur', () => {
      field.add(status).remove()
      button.show()
    })
  })
}

/** A field that keeps nothing of what is pasted into it; of two lines, since its hint is a sentence. */
export function pasteField(onPaste: (copied: string) => void): { field: JQuery; status: JQuery } {
  const status = $('<div class="edgecourier-row-reason" role="status">')
  const field = $('<textarea class="edgecourier-paste-field" rows="2" autocomplete="off" spellcheck="false">')
  field.attr({ placeholder: text('paste.hint'), 'aria-label': text('paste.hint') })
  field.on('paste', (event) => {
    event.preventDefault()
    event.stopPropagation()
    onPaste((event.originalEvent as ClipboardEvent).clipboardData?.getData('text') ?? '')
  })
  return { field, status }
}

/** Whether what was pasted into a field is more than a text for it. */
function isMeantForFields(
  placed: readonly Placed[],
  targets: Targets,
  first: string | undefined,
  isSplit: boolean,
): boolean {
  const kindOf = (name: string | undefined) => targets.list.find((target) => target.name === name)?.kind
  const found = placed.filter(({ target }) => target !== undefined)
  if (found.some(({ name }) => name !== undefined)) return true
  if (placed.length < 2) return false
  // A comma may belong to a name or a password: only beside a URL it surely separates.
  return isSplit || (kindOf(first) !== 'secret' && found.some(({ target }) => kindOf(target) === 'url'))
}

const canTake = (node: EditorNode, name: string) => {
  const { row, isText } = fieldOf(node, name)
  return row.is(':visible') && isText()
}

function shownOf(node: EditorNode, name: string) {
  const { row, input } = fieldOf(node, name)
  const options = input.find('option').toArray() as HTMLOptionElement[]
  return {
    label: row.find('label span').last().text().trim(),
    options: Object.fromEntries(options.map((option) => [option.value, option.text])),
  }
}

function fill(node: EditorNode, targets: Targets, { target: name, value }: Placed): void {
  const target = targets.list.find((one) => one.name === name)
  const filled = target && taken(target, value)
  if (!target || filled === undefined) return
  const field = fieldOf(node, target.name)
  if (target.kind === 'tick') field.input.prop('checked', filled === 'true').trigger('change')
  else field.set(filled)
}

/** As the browser would have pasted it. */
function insert(input: HTMLInputElement, copied: string): void {
  const { selectionStart, selectionEnd, value } = input
  const lines = copied.split('\n').map((line) => line.trim())
  const oneLine = lines.join(' ').trim()
  input.setRangeText(oneLine, selectionStart ?? value.length, selectionEnd ?? value.length, 'end')
  $(input).trigger('input').trigger('change').trigger('focus')
}
