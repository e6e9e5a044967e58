/**
 * Buttons that cannot be pressed while something runs that they have started. A button that is disabled loses the focus, and
 * with it a keyboard its dialog: it gets it back.
 */
export async function whileBusy(buttons: JQuery, work: () => Promise<void>): Promise<void> {
  const focused = buttons.filter((_index, button) => button === document.activeElement)
  buttons.prop('disabled', true)
  try {
    await work()
  } finally {
    buttons.prop('disabled', false)
    if (document.activeElement === document.body) focused.trigger('focus')
  }
}
