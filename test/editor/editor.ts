import { EventEmitter, once } from 'node:events'
import type { Browser, Page, Response, WebSocket } from 'playwright-core'
import { patienceMs } from '../patience'
import { offerFonts } from './asian-fonts'

/** Node-RED's editor in a browser, as a person drives it. */
export interface Editor {
  page: Page
  /** What the browser's console called an error, other than the catalogue that is not to be had. */
  errors: string[]
  /** Shows the tab of this name, as the menu's list of flows does: two clicks on tabs within 0.4 s, be it on two tabs, open a dialog. */
  showTab(label: string): Promise<void>
  /** Opens a node's dialog; configuration nodes by their type. */
  edit(id: string, configurationType?: string): Promise<void>
  /** Leaves the open dialog by its Cancel button. */
  cancel(): Promise<void>
  /** Leaves whatever is open by Cancel, such as what a failed test leaves behind. */
  cancelAll(): Promise<void>
  /** Leaves the open dialog of a node by its Done button. */
  done(): Promise<void>
  /** Gives the open dialog a width in pixels that a small window would give it. */
  narrow(width: number): Promise<void>
  /** Presses the button of the first inject node in sight, as soon as the editor lets it be pressed. */
  press(): Promise<void>
  /** Presses Deploy and waits until the nodes run. */
  deploy(): Promise<void>
  /** Waits until a node in sight has this status. */
  untilStatus(status: string | RegExp): Promise<void>
}

interface EditorWindow {
  RED: {
    workspaces: { active(): string; show(id: string): void }
    nodes: { node(id: string): object; eachWorkspace(each: (tab: { id: string; label: string }) => void): void }
    editor: { edit(node: object): void; editConfig(name: string, type: string, id: string): void }
  }
}

export interface EditorOptions {
  /** As its user has set it; the browser's own, English, when left out. */
  language?: string
  /** As its user has set it; the browser prefers the same, and light where the editor is to follow it. */
  colorScheme?: 'light' | 'dark' | 'auto'
  /** Fills in the login form. */
  logIn?: (page: Page) => Promise<void>
}

const waitMs = patienceMs / 5

/** Opens the editor and waits until every node is in the palette. */
export async function openEditor(
  browser: Browser,
  url: string,
  { language, colorScheme = 'light', logIn }: EditorOptions = {},
): Promise<Editor> {
  const preferred = colorScheme === 'auto' ? 'light' : colorScheme
  const page = await browser.newPage({ viewport: { width: 1400, height: 860 }, colorScheme: preferred })
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_FAILED/.test(message.text())) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  const starts = new RuntimeStarts(page)
  await page.route(/catalogue\.nodered\.org/, (route) => route.abort())
  if (language) await page.addInitScript((name) => localStorage.setItem('editor-language', name), language)
  await page.addInitScript((scheme) => localStorage.setItem('view-dark-theme', scheme), colorScheme)
  await page.addInitScript(hurry)
  // What the tests are compiled with names functions by a function of its own, which no page has.
  await page.addInitScript('globalThis.__name = (work) => work')
  await offerFonts(page, language ?? 'en-US')
  await page.goto(url)
  if (logIn) {
    // Whoever was logged in before is remembered by the browser.
    await page.evaluate(() => localStorage.clear())
    await page.reload()
    // What a page said that was thrown away while it was loading.
    errors.splice(0)
    await logIn(page)
  }
  await page.waitForFunction(
    () =>
      (globalThis as unknown as EditorWindow).RED?.workspaces?.active() &&
      document.querySelector('.red-ui-palette-node[data-palette-type="cloud-outbox-control"]'),
  )
  await page.addStyleTag({ content: '.red-ui-tray { transition: none !important }' })
  const tray = page.locator('.red-ui-tray').last()
  const cancelButton = page.locator('#node-dialog-cancel, #node-config-dialog-cancel').last()
  const gone = async (press: Promise<void>) => {
    await press
    await page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 0)
  }
  return {
    page,
    errors,
    showTab: (label) =>
      page.evaluate((name) => {
        const { nodes, workspaces } = (globalThis as unknown as EditorWindow).RED
        nodes.eachWorkspace((tab) => {
          if (tab.label === name) workspaces.show(tab.id)
        })
      }, label),
    edit: async (id, configurationType) => {
      await page.evaluate(
        ([node, type]) => {
          const { editor, nodes } = (globalThis as unknown as EditorWindow).RED
          if (type) editor.editConfig('', type, node as string)
          else editor.edit(nodes.node(node as string))
        },
        [id, configurationType],
      )
      await tray.locator('.red-ui-tray-footer, .red-ui-tray-toolbar').first().waitFor()
      await tray.locator('.edgecourier').waitFor()
      // The last that an opening dialog does is to take the focus.
      await page.waitForFunction(() => document.activeElement?.closest('.red-ui-tray'))
    },
    cancel: () => gone(cancelButton.click()),
    cancelAll: async () => {
      for (let open = await page.locator('.red-ui-tray').count(); open > 0; open--) {
        await cancelButton.click()
        await page.waitForFunction((before) => document.querySelectorAll('.red-ui-tray').length < before, open)
      }
    },
    done: () => gone(page.click('#node-dialog-ok')),
    narrow: (width) =>
      tray.evaluate((element, pixels) => {
        element.style.width = `${pixels}px`
        for (const part of element.querySelectorAll<HTMLElement>('.red-ui-tray-body')) part.style.minWidth = '0'
      }, width),
    press: async () => {
      const button = page.locator('.red-ui-flow-node-button:visible:not(.red-ui-flow-node-button-disabled)').first()
      const isAnswer = (answer: Response) => answer.request().method() === 'POST' && /\/inject\//.test(answer.url())
      const pressed = button.locator('.red-ui-flow-node-button-button').click()
      const [answer] = await Promise.all([page.waitForResponse(isAnswer), pressed])
      requireOk(answer)
    },
    deploy: async () => {
      const isAnswer = (answer: Response) => answer.request().method() === 'POST' && /\/flows$/.test(answer.url())
      const pressed = page.click('#red-ui-header-button-deploy')
      const [answer] = await Promise.all([page.waitForResponse(isAnswer), pressed])
      requireOk(answer)
      await page.waitForSelector('#red-ui-header-button-deploy.disabled')
      await starts.until(((await answer.json()) as { rev: string }).rev)
    },
    untilStatus: async (status) => {
      const label = page.locator('.red-ui-flow-node-status-label:visible', { hasText: status }).first()
      await label.waitFor({ timeout: waitMs }).catch(async (failure) => {
        throw new Error(`No node says ${status}. ${await shownBy(page)}`, { cause: failure })
      })
    },
  }
}

function requireOk(answer: Response): void {
  if (!answer.ok()) throw new Error(`POST ${answer.url()}: ${answer.status()} ${answer.statusText()}`)
}

/** What a person would look at to learn why something does not work. */
async function shownBy(page: Page): Promise<string> {
  const texts = async (selector: string) =>
    (await page.locator(selector).allTextContents()).map((text) => text.trim()).filter((text) => text !== '')
  const shown = {
    statuses: await texts('.red-ui-flow-node-status-label:visible'),
    notifications: await texts('.red-ui-notification'),
    debug: await texts('.red-ui-debug-msg'),
  }
  return `The page shows ${JSON.stringify(shown)}`
}

/** What the editor is told of the starts of flows: Node-RED answers a deployment before the nodes run. */
class RuntimeStarts {
  readonly #tellings = new EventEmitter()
  #revision: string | undefined

  constructor(page: Page) {
    page.on('websocket', (socket: WebSocket) =>
      socket.on('framereceived', ({ payload }) => this.#read(String(payload))),
    )
  }

  async until(revision: string): Promise<void> {
    const signal = AbortSignal.timeout(waitMs)
    while (this.#revision !== revision) await once(this.#tellings, 'start', { signal })
  }

  #read(frame: string): void {
    for (const { topic, data } of [JSON.parse(frame)].flat()) {
      if (topic !== 'notification/runtime-deploy') continue
      this.#revision = data.revision
      this.#tellings.emit('start')
    }
  }
}

/** The editor waits for its own animations, a quarter of a second for each dialog, which nobody watches here. */
function hurry(): void {
  const wait = globalThis.setTimeout
  globalThis.setTimeout = Object.assign(
    (work: () => void, ms = 0, ...values: []) => wait(work, ms < 300 ? ms / 5 : ms, ...values),
    wait,
  ) as typeof wait
}
