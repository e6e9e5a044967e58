import type { Field } from '../../lib/settings'

/**
 * Shows the defaults of what a node does not store, as nodes of older flows or of programs: these it works with. Where a
 * default is shown while the field is empty, the field stays so.
 */
export function showDefaults(fields: readonly (Field & { name: string })[], prefix: string, node: EditorNode): void {
  for (const field of fields) {
    const { kind, name } = field
    if (node[name] !== undefined) continue
    const input = $(`#${prefix}-${name}`)
    if (kind === 'tick') input.prop('checked', field.value)
    if (kind === 'choice' || kind === 'text' || kind === 'typed') input.val(field.value)
    if (kind === 'typed') $(`#${prefix}-${name}Type`).val(field.types[0])
  }
}

/** Shows the rows of one choice and hides the others: rows carry `data-when-<name>="value"` or `="one other"`. */
export function switchRows(name: string): void {
  const select = $(`#node-input-${name}`)
  const group = select.closest('.form-row').parent()
  const update = () => {
    const chosen = String(select.val())
    group.find(`[data-when-${name}]`).each(function () {
      $(this).toggle(($(this).attr(`data-when-${name}`) ?? '').split(' ').includes(chosen))
    })
  }
  select.on('change', update)
  update()
}

/** Has the field for a time zone offer all that the browser knows. */
export function offerTimeZones(): void {
  const zones = $('<datalist id="edgecourier-time-zones">')
  for (const zone of Intl.supportedValuesOf?.('timeZone') ?? []) zones.append($('<option>').val(zone))
  $('#node-input-timeZone').attr('list', 'edgecourier-time-zones').after(zones)
}
