import type { Named, TypedField } from '../../lib/settings'
import { text } from './texts'

const valueTypes: readonly string[] = ['msg', 'flow', 'global', 'jsonata', 'env']

/** What the time of a table is where nothing else is chosen. */
const arrivalTime = () => ({ value: 'date', label: text('table.arrival'), icon: 'fa fa-envelope-o', hasValue: false })

/** A fixed text that is one of a few words, each with its label; what a node of before has is one of them, whatever it is. */
function wordType(node: EditorNode, name: string): TypedInputType | undefined {
  const list = $(`#node-input-${name}-words option`).toArray() as HTMLOptionElement[]
  if (list.length === 0) return undefined
  const options = list.map((option) => {
    const key = $(option).attr('data-i18n')
    return { value: option.value, label: key === undefined ? option.value : `${option.value}: ${node._(key)}` }
  })
  const stored = node[`${name}Type`] === 'str' ? String(node[name] ?? '') : ''
  const isOther = stored !== '' && options.every(({ value }) => value !== stored)
  return {
    value: 'str',
    label: text('choices.word'),
    icon: 'fa fa-list-ul',
    options: isOther ? [{ value: stored, label: stored }, ...options] : options,
  }
}

/** Turns #node-input-<name> into a typed input; the type is kept in #node-input-<name>Type. */
export function typeInput(node: EditorNode, { name, types }: Named<{ field: TypedField }>['field']): void {
  const words = wordType(node, name)
  const field = $(`#node-input-${name}`)
  field.typedInput({
    default: types[0],
    types: [
      ...types.map((type) => (type === 'date' ? arrivalTime() : type === 'str' && words ? words : type)),
      ...valueTypes.filter((type) => !types.some((own) => own === type)),
    ],
    typeField: `#node-input-${name}Type`,
  })
  // The widget hides the field behind one of its own, which knows no placeholder and no label.
  const label = `edgecourier-label-${name}`
  field.siblings('label').first().attr('id', label)
  const container = field.next('.red-ui-typedInput-container')
  container.find('.red-ui-typedInput-input').attr({
    placeholder: field.attr('placeholder') ?? null,
    'aria-labelledby': label,
    'aria-describedby': field.attr('aria-describedby') ?? null,
  })
  const chosen = container.find('.red-ui-typedInput-option-trigger').attr('id', `edgecourier-word-${name}`)
  chosen.attr('aria-labelledby', `${label} ${chosen.attr('id')}`)
  nameExpandButton(container)
}

/** The button that opens JSON or JSONata in an editor of its own, an icon with no name. */
export function nameExpandButton(container: JQuery): void {
  container.find('.red-ui-typedInput-option-expand').attr({ 'aria-label': text('expand'), title: text('expand') })
}
