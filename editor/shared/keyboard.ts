/** A row copied from a sheet, or several lines, fill the fields of a configuration from the one they are pasted into. */
export function takePastedRows(): void {
  $(document).on('paste', '.edgecourier input[id^="node-config-input-"]', function (event) {
    const copied = (event.originalEvent as ClipboardEvent).clipboardData?.getData('text') ?? ''
    const values = copied
      .split(/[\t\r\n]+/)
      .map((value) => value.trim())
      .filter(Boolean)
    if (values.length < 2) return
    event.preventDefault()
    const all = 'input[id^="node-config-input-"]:visible:not([type="checkbox"])'
    const fields = $(this).closest('.edgecourier').find(all)
    const first = fields.index(this)
    for (const [index, value] of values.entries())
      fields
        .eq(first + index)
        .val(value)
        .trigger('change')
  })
}

/**
 * The editor's buttons beside a configuration, "edit" and "add", are links to nowhere, which the keyboard passes by. A dialog
 * that opens takes the focus, and is then complete.
 */
export function makeConfigurationButtonsReachable(): void {
  $(document).on('focusin', '.red-ui-tray', function () {
    for (const [action, words] of Object.entries({ edit: 'editor.editConfig', add: 'editor.addNewConfig' })) {
      $(this)
        .find(`.edgecourier a.red-ui-button[id$="-${action}"]`)
        .each((_index, button) => {
          const type = $(button).closest('.form-row').children('label').text().trim()
          $(button).attr({
            tabindex: 0,
            role: 'button',
            'aria-label': RED._(words, { type }),
            'aria-disabled': String($(button).hasClass('disabled')),
          })
        })
    }
  })
  $(document).on('keydown', '.edgecourier a.red-ui-button[role="button"]', (event) => {
    if (event.key !== ' ' && (event.key !== 'Enter' || event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    $(event.currentTarget).trigger('click')
  })
}
