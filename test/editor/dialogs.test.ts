import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { configuration, demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { freePort, type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser } from './browser'
import { type Editor, openEditor } from './editor'

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
const types = Object.keys(manifest['node-red'].nodes)
const configurationTypes = ['enos-app', 'enos-device', 'thingplus-client', 'cloud-outbox']
const flowTypes = types.filter((type) => !configurationTypes.includes(type))

describe('The dialogs in a browser', function () {
  this.timeout(180_000)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    nodeRed = await startNodeRed(installed.userDir)
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    const outbox = { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' }
    const onTab = { z: 'tab', y: 100, wires: [[]] }
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...[...configurations(simulator.url), configuration(simulator.url)].map((node) => ({
        ...node,
        credentials: credentials[node.id],
      })),
      outbox,
      ...flowTypes
        .filter((type) => type !== 'cloud-simulator')
        .map((type, index) => ({ ...onTab, id: type, type, x: 100 + index, name: '' })),
      { ...onTab, id: 'cloud-simulator', type: 'cloud-simulator', x: 90, port: String(await freePort()), seed: '' },
    ])
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const configurationIds: Record<string, string> = {
    'enos-app': 'app',
    'enos-device': 'device',
    'thingplus-client': 'client',
    'cloud-outbox': 'outbox',
  }
  for (const type of types) {
    it(`of ${type} opens without an error, its texts are translated, and each label names a field`, async () => {
      const id = configurationIds[type]
      await editor.edit(id ?? type, id && type)
      const dialog = editor.page.locator('.red-ui-tray .edgecourier').last()
      const text = await dialog.innerText()
      should(text).not.match(/label\.|edgecourier:|undefined/)
      const orphans = await dialog
        .locator('label[for]')
        .evaluateAll((labels) =>
          labels.map((label) => (label as HTMLLabelElement).htmlFor).filter((field) => !document.getElementById(field)),
        )
      should(orphans).be.empty()
      await editor.cancel()
      should(editor.errors).be.empty()
    })
  }

  it('try the connection with what the form holds, and say what is good and what is not', async () => {
    await editor.edit('app', 'enos-app')
    const test = editor.page.locator('.edgecourier-test button')
    const findings = editor.page.locator('.edgecourier-findings li')
    await test.click()
    await editor.page.waitForSelector('.edgecourier-findings .good')
    should(await findings.allInnerTexts()).have.length(4)
    await editor.page.fill('#node-config-input-appSecret', 'wrong')
    await test.click()
    await editor.page.waitForSelector('.edgecourier-findings .bad')
    should((await findings.allInnerTexts()).at(-1)).match(/secret is wrong/)
    await editor.cancel()
    should(editor.errors).be.empty()
  })

  it('show only the rows that the chosen channel needs', async () => {
    await editor.edit('enos-post-measurepoint')
    const row = (name: string) =>
      editor.page.locator(`#node-input-${name}`).locator('xpath=ancestor::div[contains(@class,"form-row")]')
    should(await row('device').isVisible()).be.true()
    should(await row('app').isVisible()).be.false()
    await editor.page.selectOption('#node-input-channel', 'integration')
    should(await row('device').isVisible()).be.false()
    should(await row('app').isVisible()).be.true()
    await editor.cancel()
  })
})
