/** Shows the rows of one choice and hides the others: rows carry `data-when-<name>="value"` or `="one other"`. */
export function switchRows(name: string): void {
  const select = $(`#node-input-${name}`)
  const group = select.closest('.form-row').parent()
  // A flow from before this choice was there has no value: the first one is what the node then does.
  if (select.val() === null) select.val(String(select.find('option').first().val()))
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
