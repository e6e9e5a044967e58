import type { Named, TypedField } from '../../lib/settings'
import { text } from './texts'

const valueTypes: readonly string[] = ['msg', 'flow', 'global', 'jsonata', 'env']

/** What the time of a table is where nothing else is chosen. */
const arrivalTime = () => ({ value: 'date', label: text('table.arrival'), icon: 'fa fa-envelope-o', hasValue: false })

/** Turns #node-input-<name> into a typed input; the type is kept in #node-input-<name>Type. */
export function typeInput({ name, types }: Named<{ field: TypedField }>['field']): void {
  const field = $(`#node-input-${name}`)
  field.typedInput({
    default: types[0],
    types: [
      ...types.map((type) => (type === 'date' ? arrivalTime() : type)),
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
  nameExpandButton(container)
}

/** The button that opens JSON or JSONata in an editor of its own, an icon with no name. */
export function nameExpandButton(container: JQuery): void {
  container.find('.red-ui-typedInput-option-expand').attr({ 'aria-label': text('expand'), title: text('expand') })
}
