import { fieldOf } from './field'
import { namesOf, type PickedName } from './picked-label'

/** Shows the name of what was picked below its field, and the id as a whole where the field is too narrow for it. */
export function showName(node: EditorNode, setting: string): void {
  const field = fieldOf(node, setting)
  const caption = $('<div class="edgecourier-picked">').attr('id', `edgecourier-picked-${setting}`)
  const shown = () => field.box().find('.red-ui-typedInput-input').addBack('input')
  const known = namesOf(node)[setting]
  field.row.append(caption)
  if (known) field.row.data('picked', known)
  shown().attr('aria-describedby', caption.attr('id') ?? null)
  const update = () => {
    const id = field.isText() ? field.text() : ''
    const picked = field.row.data('picked') as PickedName | undefined
    const name = picked && picked.id === id ? picked.name : ''
    const [input] = shown().toArray() as HTMLInputElement[]
    const isCut = input !== undefined && input.clientWidth > 0 && input.scrollWidth > input.clientWidth
    caption.text([name, isCut ? id : ''].filter(Boolean).join(' · ')).toggle(id !== '' && (name !== '' || isCut))
  }
  field.row.on('input change', update)
  if (field.row[0]) new ResizeObserver(update).observe(field.row[0])
  update()
}

/** Notes what was picked, before the field takes its id. */
export function notePicked(node: EditorNode, setting: string, picked: PickedName): void {
  const { row } = fieldOf(node, setting)
  if (picked.name === picked.id) row.removeData('picked')
  else row.data('picked', picked)
}

/** The names that the dialog shows for what its fields hold. */
export function shownNames(node: EditorNode, settings: readonly string[]): Record<string, PickedName> {
  const shown = settings.map((setting) => {
    const field = fieldOf(node, setting)
    const picked = field.row.data('picked') as PickedName | undefined
    return [setting, picked && field.isText() && field.text() === picked.id ? picked : undefined] as const
  })
  return Object.fromEntries(shown.filter((entry): entry is [string, PickedName] => entry[1] !== undefined))
}
