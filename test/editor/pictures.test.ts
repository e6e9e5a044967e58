import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { freePort } from '../ports'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { openEditor } from './editor'
import { takePicture } from './picture'

const docs = join(packageRoot, 'docs')
/** The demo as it is when its history has been sent; what goes on every second would make each picture another one. */
const demo = (JSON.parse(readFileSync(join(packageRoot, 'demo', 'flows.json'), 'utf8')) as object[]).map((node) =>
  'repeat' in node && node.repeat === '1' ? { ...node, repeat: '', once: false } : node,
)
const tabs = { EnOS: 'demo-enos', 'Thing+': 'demo-thingplus' }

interface EditorWindow {
  RED: { actions: { invoke(name: string, state: boolean): void } }
}

/** The README's pictures are those of this run, so that they show what there is. */
describe('The pictures of the README', function () {
  needsBrowser(this)
  const environment = { ...process.env }
  let installed: InstalledPackage
  let nodeRed: NodeRed
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    const port = String(await freePort())
    Object.assign(process.env, {
      SIMULATOR_PORT: port,
      SIMULATOR_URL: `http://127.0.0.1:${port}`,
      THINGPLUS_URL: `http://127.0.0.1:${port}/v2`,
      MEASUREMENTS_CSV: join(packageRoot, 'demo/machine_temperature.csv'),
      AMBIENT_CSV: join(packageRoot, 'demo/ambient_temperature.csv'),
      THING_MODEL: join(packageRoot, 'demo/model_DemoPump.json'),
    })
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy(demo)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    installed?.remove()
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
  })

  it('show both tabs of the demo with every node green, and a dialog that found the connection good', async () => {
    const editor = await openEditor(browser, nodeRed.url)
    const { page } = editor
    // The palette as far as our nodes, and no tooltip in the way.
    await page.locator('.red-ui-palette-node[data-palette-type="thingplus-send-value"]').scrollIntoViewIfNeeded()
    // The tips of the day are others every time.
    await page.evaluate(() =>
      (globalThis as unknown as EditorWindow).RED.actions.invoke('core:toggle-show-tips', false),
    )
    // The count of all that the demo sends.
    await editor.untilStatus(/EnOS: 2000 values · Thing\+: 1000 values$|Thing\+: 1000 values · EnOS: 2000 values$/)
    for (const button of ['demo-every-second', 'demo-tp-every-second']) await nodeRed.press(button)
    await editor.untilStatus('delivered 1')
    for (const [label, picture] of Object.entries(tabs)) {
      await editor.showTab(label)
      await editor.untilStatus(/point|value/)
      await page.waitForFunction(
        () =>
          document.querySelectorAll(
            '[class*="red-ui-flow-node-status-dot-red"], [class*="red-ui-flow-node-status-ring-red"]',
          ).length === 0,
      )
      await page.mouse.move(700, 760)
      await page.waitForSelector('.red-ui-popover', { state: 'hidden' })
      await page.waitForLoadState('networkidle')
      // The simulator's address is another one in each run.
      const address = page.locator('.red-ui-flow-node-status-label', { hasText: 'http://127.0.0.1' })
      await takePicture(page, join(docs, `${picture}.png`), [address])
    }
    await editor.showTab('EnOS')
    await editor.edit('demo-post-device')
    // By keyboard, since the mouse would leave a tooltip behind.
    await page.press('#node-input-btn-device-edit', 'Enter')
    await page.click('.edgecourier-test button')
    await page.waitForSelector('.edgecourier-findings .good')
    await page.waitForFunction(() => document.querySelectorAll('.edgecourier-findings li').length > 2)
    await page.mouse.move(700, 760)
    // It names the port, and the milliseconds.
    const answers = page.locator('.edgecourier-findings li').first()
    await takePicture(page, join(docs, 'test-connection.png'), [answers])
    should(editor.errors).be.empty()
  })
})
