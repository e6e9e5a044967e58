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
