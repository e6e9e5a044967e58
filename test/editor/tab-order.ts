import type { Page } from 'playwright-core'

/** More stops than any dialog has. */
const mostStops = 80

/**
 * What of the open dialog Tab does not come to, comes to out of order, or comes to without its being seen: what has the focus
 * looks different.
 */
export async function tabFaults(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    const dialog = [...document.querySelectorAll<HTMLElement>('.red-ui-tray:last-child .edgecourier')].at(-1)
    if (!dialog) throw new Error('no dialog is open')
    // Puts the focus before the first field.
    dialog.tabIndex = -1
    dialog.focus()
    dialog.removeAttribute('tabindex')
    const lookOf = (stop: HTMLElement) => {
      const looks: string[] = []
      for (let at: HTMLElement | null = stop; at && at !== dialog; at = at.parentElement) {
        const { outline, boxShadow, border, backgroundColor, color } = getComputedStyle(at)
        looks.push([outline, boxShadow, border, backgroundColor, color].join())
      }
      return looks.join('/')
    }
    const walk: Walk = { dialog, stops: [], lookOf }
    Object.assign(globalThis, { edgecourierWalk: walk })
  })
  for (let stops = 0; stops < mostStops; stops++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(isOutside)) return page.evaluate(faultsOfWalk)
  }
  return [`Tab does not lead out of the dialog within ${mostStops} stops`]
}

/** The way that Tab takes, as the page keeps it. */
interface Walk {
  dialog: HTMLElement
  stops: { element: HTMLElement; look: string }[]
  lookOf(stop: HTMLElement): string
}

interface WalkedWindow {
  edgecourierWalk: Walk
}

/** Notes what has the focus, and how it looks; whether that lies outside of the dialog. */
function isOutside(): boolean {
  const { dialog, stops, lookOf } = (globalThis as unknown as WalkedWindow).edgecourierWalk
  const element = document.activeElement as HTMLElement | null
  if (!element || !dialog.contains(element) || stops.some((stop) => stop.element === element)) return true
  stops.push({ element, look: lookOf(element) })
  return false
}

function faultsOfWalk(): string[] {
  const { dialog, stops, lookOf } = (globalThis as unknown as WalkedWindow).edgecourierWalk
  const faults: string[] = []
  const named = (element: HTMLElement) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)
  const fields = [...dialog.querySelectorAll<HTMLElement>('input, select, textarea, button, a.red-ui-button')]
  for (const field of fields) {
    const isOff = field.offsetParent === null || field.matches(':disabled, [type=hidden], [aria-disabled=true]')
    if (!isOff && !stops.some(({ element }) => element === field)) faults.push(`Tab does not come to ${named(field)}`)
  }
  for (const [index, { element, look }] of stops.entries()) {
    const before = stops[index - 1]?.element
    // A handle beside the two lines of a row comes after what is in them.
    if (before && element.getBoundingClientRect().bottom <= before.getBoundingClientRect().top)
      faults.push(`Tab goes up to ${named(element)} from ${named(before)}`)
    const isFocused = element === document.activeElement
    if (!isFocused && lookOf(element) === look) faults.push(`the focus is not to be seen on ${named(element)}`)
  }
  return faults
}
