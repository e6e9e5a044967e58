import type { Browser, Page, Response } from 'playwright-core'

/** Node-RED's editor in a browser, as a person drives it. */
export interface Editor {
  page: Page
  /** What the browser's console called an error, other than the catalogue that is not to be had. */
  errors: string[]
  /** Opens a node's dialog; configuration nodes by their type. */
  edit(id: string, configurationType?: string): Promise<void>
  /** Leaves the open dialog by its Cancel button. */
  cancel(): Promise<void>
  /** Leaves the open dialog of a node by its Done button. */
  done(): Promise<void>
  /** Presses Deploy and waits until it is done. */
  deploy(): Promise<void>
}

interface EditorWindow {
  RED: {
    workspaces: { active(): string }
    nodes: { node(id: string): object }
    editor: { edit(node: object): void; editConfig(name: string, type: string, id: string): void }
  }
}

/**
 * Opens the editor and waits until every node is in the palette.
 * @param language as its user has set it; the browser's own, English, when left out
 */
export async function openEditor(browser: Browser, url: string, language?: string): Promise<Editor> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 860 } })
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_FAILED/.test(message.text())) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.route(/catalogue\.nodered\.org/, (route) => route.abort())
  if (language) await page.addInitScript((name) => localStorage.setItem('editor-language', name), language)
  await page.goto(url)
  await page.waitForFunction(
    () =>
      (globalThis as unknown as EditorWindow).RED?.workspaces?.active() &&
      document.querySelector('.red-ui-palette-node[data-palette-type="cloud-outbox-control"]'),
  )
  const tray = page.locator('.red-ui-tray').last()
  const gone = async (press: Promise<void>) => {
    await press
    await page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 0)
  }
  return {
    page,
    errors,
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
    cancel: () => gone(page.locator('#node-dialog-cancel, #node-config-dialog-cancel').last().click()),
    done: () => gone(page.click('#node-dialog-ok')),
    deploy: async () => {
      const isAnswer = (answer: Response) => answer.request().method() === 'POST' && /\/flows$/.test(answer.url())
      await Promise.all([page.waitForResponse(isAnswer), page.click('#red-ui-header-button-deploy')])
      await page.waitForSelector('#red-ui-header-button-deploy.disabled')
    },
  }
}
