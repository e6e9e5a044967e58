import type { Browser, Page } from 'playwright-core'

/** Node-RED's editor in a browser, as a person drives it. */
export interface Editor {
  page: Page
  /** What the browser's console called an error, other than the catalogue that is not to be had. */
  errors: string[]
  /** Opens a node's dialog; configuration nodes by their type. */
  edit(id: string, configurationType?: string): Promise<void>
  /** Leaves the open dialog by its Cancel button. */
  cancel(): Promise<void>
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

/** Opens the editor and waits until every node is in the palette. */
export async function openEditor(browser: Browser, url: string): Promise<Editor> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 860 } })
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_FAILED/.test(message.text())) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.route(/catalogue\.nodered\.org/, (route) => route.abort())
  await page.goto(url)
  await page.waitForFunction(
    () =>
      (globalThis as unknown as EditorWindow).RED?.workspaces?.active() &&
      document.querySelectorAll('.red-ui-palette-node').length > 55,
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
    },
    cancel: () => gone(page.locator('#node-dialog-cancel, #node-config-dialog-cancel').last().click()),
    deploy: async () => {
      await page.click('#red-ui-header-button-deploy')
      await page.waitForSelector('#red-ui-header-button-deploy.disabled')
    },
  }
}
