import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { fontsAreThere } from './asian-fonts'
import { axeFaults } from './axe'
import type { Editor } from './editor'
import type { dialogs } from './every-node'
import { layoutFaults } from './layout'
import { choose, statesOf } from './states'
import { tabFaults } from './tab-order'

interface EditorWindow {
  RED: { settings: { version: string } }
  $: { active: number }
}

export interface Looks {
  /** Of the dialog, in pixels. */
  widths: readonly number[]
  /** Where pictures go: `FOLDER/THEME-WIDTH/TYPE-STATE.png`. None are taken without it. */
  pictures?: string
}

export interface Found {
  /** What cannot be read, reached or told apart, and where. */
  faults: readonly string[]
  /** Settings that have been seen, by their names. */
  shown: ReadonlySet<string>
}

/**
 * Opens a dialog, shows each of its rows at each width in each theme that the editor has, and takes pictures.
 * @param editor that follows the browser's colour scheme
 */
export async function faultsOfDialog(
  editor: Editor,
  { type, edit }: (typeof dialogs)[number],
  { widths, pictures }: Looks,
): Promise<Found> {
  const { page } = editor
  const faults: string[] = []
  const shown = new Set<string>()
  await editor.edit(...edit)
  for (const [index, state] of (await statesOf(page)).entries()) {
    await choose(page, state)
    await addRow(page)
    await answersAreThere(page)
    for (const name of await shownSettings(page)) shown.add(name)
    const tell = (look: string, found: readonly string[]) =>
      faults.push(...found.map((fault) => `${[look, ...Object.values(state)].join(', ')}: ${fault}`))
    for (const width of widths) {
      await editor.narrow(width)
      await fontsAreThere(page)
      tell(`${width} px`, await layoutFaults(page))
      for (const theme of await themesOf(page)) {
        await showIn(page, theme)
        // Neither colours nor labels depend on the width.
        if (width === widths.at(-1)) tell(theme, await axeFaults(page))
        if (pictures) await takePicture(page, join(pictures, `${theme}-${width}`), `${type}-${index}.png`)
      }
    }
    tell('by Tab', await tabFaults(page))
  }
  const errors = editor.errors.splice(0)
  for (const [place, press] of await openers(page)) {
    await press()
    await answersAreThere(page)
    await fontsAreThere(page)
    const name = `${type}-${place.replace('edgecourier-', '')}.png`
    faults.push(...[...(await layoutFaults(page)), ...(await axeFaults(page))].map((fault) => `${place}: ${fault}`))
    if (pictures) await takePicture(page, join(pictures, `open-${widths.at(-1)}`), name)
  }
  await editor.cancel()
  // What a dialog is refused that lacks its secrets, the browser notes as an error.
  editor.errors.unshift(...errors, ...editor.errors.splice(0).filter((error) => !/status of 400/.test(error)))
  return { faults, shown }
}

type Theme = 'light' | 'dark'

/** Node-RED 4 has one theme, whatever its user prefers. */
async function themesOf(page: Page): Promise<Theme[]> {
  const version = await page.evaluate(() => (globalThis as unknown as EditorWindow).RED.settings.version)
  return version.startsWith('4.') ? ['light'] : ['light', 'dark']
}

/** Has the browser prefer a theme, and waits until the editor, which follows it, shows it. */
async function showIn(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.waitForFunction(
    (isDark) => document.documentElement.classList.contains('nr-theme-dark') === isDark,
    theme === 'dark',
  )
}

/** A table that is empty shows little of itself. */
async function addRow(page: Page): Promise<void> {
  const table = page.locator('.red-ui-tray:last-child .edgecourier-table:visible')
  if ((await table.count()) > 0 && (await table.locator('.edgecourier-row-id').count()) === 0)
    await table.locator('.red-ui-editableList-addButton').first().click()
}

function shownSettings(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.red-ui-tray:last-child .edgecourier [id]')].flatMap((element) => {
      const name = /^(?:node-config-input|node-input|edgecourier)-(\w+)$/.exec(element.id)?.[1]
      // A typed input hides the field that it stands for.
      const seen = element.matches('[type=hidden]') ? element.nextElementSibling : element
      return name && (seen as HTMLElement | null)?.offsetParent ? [name] : []
    }),
  )
}

/** Buttons of the open dialog that show more of it, by the classes of their rows. */
async function openers(page: Page): Promise<[place: string, press: () => Promise<void>][]> {
  const places = ['edgecourier-test', 'edgecourier-paste', 'edgecourier-preview', 'edgecourier-left']
  const buttons = places.map(
    (place) => [place, page.locator(`.red-ui-tray:last-child .${place} > button:visible`).first()] as const,
  )
  const counts = await Promise.all(buttons.map(([, button]) => button.count()))
  return buttons.filter((_, index) => counts[index] !== 0).map(([place, button]) => [place, () => button.click()])
}

/** Waits until the dialog has the answers that it asks the server for. */
async function answersAreThere(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as EditorWindow).$.active === 0)
}

/** Of the dialog with its head, down to its last row. */
async function takePicture(page: Page, folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const clip = await page.evaluate(() => {
    const boxes = ['.red-ui-tray', '.red-ui-tray .edgecourier'].map((selector) =>
      [...document.querySelectorAll(selector)].at(-1)?.getBoundingClientRect(),
    )
    const [tray, dialog] = boxes
    if (!tray || !dialog) throw new Error('no dialog is open')
    return { x: tray.x, y: tray.y, width: tray.width, height: Math.min(dialog.bottom + 12, tray.bottom) - tray.y }
  })
  await page.screenshot({ path: join(folder, name), clip, animations: 'disabled', caret: 'initial' })
}
