import type { Page } from 'playwright-core'

/** What a field shows: its value, or whether it is ticked. A password is only told to be there. */
export interface ShownField {
  /** The field's id, or the label above a field that has none. */
  name: string
  kind: 'text' | 'choice' | 'tick'
  value: string
}

/** Nothing that the editor would complete to something else. */
const typed = 'zz'
const typedNumber = '7'
/** More fields and buttons than any dialog has. */
const mostStops = 80

type Stop = 'text' | 'number' | 'choice' | 'tick' | 'new row' | 'other' | 'outside'

/**
 * Goes through the open dialog by Tab alone until Tab leads out of it, and back in: types into each field, takes the next
 * choice, ticks each box, adds a row to a table.
 */
export async function fillByKeyboard(page: Page): Promise<void> {
  const { keyboard } = page
  for (let stops = 0; stops < mostStops; stops++) {
    const stop = await page.evaluate(arrive)
    if (stop === 'outside') return keyboard.press('Shift+Tab')
    if (stop === 'text' || stop === 'number') {
      await keyboard.press('Control+A')
      await keyboard.type(stop === 'text' ? typed : typedNumber)
    } else if (stop === 'choice') await keyboard.press('ArrowDown')
    else if (stop === 'tick') await keyboard.press('Space')
    // The new row takes the focus.
    await keyboard.press(stop === 'new row' ? 'Enter' : 'Tab')
  }
  throw new Error(`Tab did not lead out of the dialog within ${mostStops} stops`)
}

/** What has the focus; once for each field. */
function arrive(): Stop {
  const field = document.activeElement as HTMLInputElement | null
  if (!field?.closest('.red-ui-tray:last-child')) return 'outside'
  if (!field.closest('.edgecourier') || field.dataset['visited']) return 'other'
  field.dataset['visited'] = 'yes'
  // The buttons that import look the same, and follow it.
  if (field === document.querySelector('.red-ui-tray:last-child .red-ui-editableList-addButton')) return 'new row'
  if (field.matches('select')) return 'choice'
  if (!field.matches('input, textarea')) return 'other'
  if (field.type === 'checkbox') return 'tick'
  return /port|megabytes|seconds|minutes|size|count|concurrency|limit|interval|timeout|age|hours|days/i.test(field.id)
    ? 'number'
    : 'text'
}

/** The fields of the open dialog that can be seen, in order. */
export function shownFields(page: Page): Promise<ShownField[]> {
  return page.evaluate(() => {
    const fields = document.querySelectorAll<HTMLInputElement>(
      '.red-ui-tray:last-child .edgecourier :is(input, select, textarea)',
    )
    return [...fields]
      .filter((field) => field.offsetParent !== null && !field.matches(':disabled, [type=hidden]'))
      .map((field) => {
        const name = field.id || field.closest('.form-row')?.querySelector('label')?.htmlFor || '?'
        if (field.type === 'checkbox') return { name, kind: 'tick', value: String(field.checked) }
        const value = field.type === 'password' && field.value !== '' ? 'a secret' : field.value
        return { name, kind: field.matches('select') ? 'choice' : 'text', value }
      })
  })
}

/** The fields and buttons of the open dialog that `fillByKeyboard` did not come to. */
export function unreached(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const stops = document.querySelectorAll<HTMLElement>(
      '.red-ui-tray:last-child .edgecourier :is(input, select, textarea, button, a.red-ui-button)',
    )
    return [...stops]
      .filter((stop) => stop.offsetParent !== null && !stop.matches(':disabled, [type=hidden], [data-visited]'))
      .map((stop) => stop.outerHTML.slice(0, 120))
  })
}

/** Whether this is what `fillByKeyboard` leaves in a text field. */
export const isTyped = ({ value }: ShownField): boolean => [typed, typedNumber, 'a secret'].includes(value)
