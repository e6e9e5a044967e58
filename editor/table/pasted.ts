import { pastedRows, readPasted } from '../pasting'
import { pasteField } from '../pasting/take'
import { text } from '../shared/texts'
import type { Importable } from './import-panel'
import type { Kind } from './row'
import type { Import } from './table'

const mostNamed = 5

/** The rows in a text that was copied from a sheet, a file, or a message; none, and why, where it is of an account. */
export function importableOf(kind: Kind, copied: string): Importable | undefined {
  const pasted = readPasted(copied)
  if (!pasted) return undefined
  const { rows, more, ofAccount, placeless } = pastedRows(pasted, [text(`table.${kind}.id`)])
  const listed = (names: readonly string[]) =>
    names.slice(0, mostNamed).join(', ') + (names.length > mostNamed ? ', …' : '')
  const notes = [
    ...(ofAccount ? [text('paste.ofAccount', { names: listed(ofAccount.names), types: listed(ofAccount.types) })] : []),
    ...(placeless.length > 0 ? [text('paste.placeless', { ids: listed(placeless) })] : []),
  ]
  if (rows.length === 0 && notes.length === 0) return undefined
  return { title: text('paste.clipboard'), items: rows, more, ...noted(notes.join(' ')) }
}

const noted = (note: string) => (note === '' ? {} : { note, why: note })

/** Whether a text for a field of an id has to be read: it holds more than an id, or a part of an account. */
export const isOfRows = (copied: string): boolean => /[\t\n]|^\s*[[{]/.test(copied.trim()) || isOfAccount(copied)

function isOfAccount(copied: string): boolean {
  const pasted = readPasted(copied)
  return pasted !== undefined && pastedRows(pasted, []).ofAccount !== undefined
}

/** A field to paste rows into. */
export const fromPasted = (kind: Kind): Import => ({
  label: text('paste.button'),
  icon: 'fa fa-clipboard',
  load: async (button) => {
    const copied = await pastedBeside(button)
    if (copied === undefined) return undefined
    const found = importableOf(kind, copied)
    if (!found) throw new Error(text('paste.noRows'))
    return found
  },
})

function pastedBeside(button: JQuery): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (copied?: string) => {
      field.remove()
      resolve(copied)
    }
    const { field } = pasteField(end)
    button.parent().append(field)
    field.on('blur', () => end())
    field.on('keydown', (event) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      button.trigger('focus')
    })
    field.trigger('focus')
  })
}
