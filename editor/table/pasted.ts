import { pastedRows, readPasted } from '../pasting'
import { pasteField } from '../pasting/take'
import { text } from '../shared/texts'
import type { Importable } from './import-panel'
import type { Kind } from './row'
import type { Import } from './table'

/** The rows in a text that was copied from a sheet, a file, or a message. */
export function importableOf(kind: Kind, copied: string): Importable | undefined {
  const pasted = readPasted(copied)
  const { rows, more } = pasted ? pastedRows(pasted, [text(`table.${kind}.id`)]) : { rows: [], more: false }
  return rows.length === 0 ? undefined : { title: text('paste.clipboard'), items: rows, more }
}

/** Whether it holds more than an id, which a field takes as it is. */
export const isOfRows = (copied: string): boolean => /[\t\n]|^\s*[[{]/.test(copied.trim())

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
