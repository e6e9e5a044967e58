import type { Browser, Locator } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { gatewayId, seed } from '../nodes/thingplus'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'
import { Person } from './person'

/** The goals for a person who starts from an empty canvas, and the counts that CONTRIBUTING tells. */
const goals = { enos: 12, thingplus: 15 }

describe('The first value, from an empty canvas by mouse and keyboard', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
    nodeRed = await startNodeRed(installed.userDir)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  let editor: Editor
  let person: Person
  beforeEach(async () => {
    await nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'plant' }])
    editor = await openEditor(browser, nodeRed.url)
    person = new Person(editor.page)
  })

  const node = (index: number): Locator => editor.page.locator('.red-ui-flow-node-group').nth(index)
  const done = () => person.click('#node-dialog-ok')

  /** An inject node and a node of this type, wired, and the dialog of the latter open. */
  const wiredWithInject = async (type: string) => {
    await person.drop('inject', 120, 80)
    await person.drop(type, 400, 80)
    await person.wire(node(0), node(1))
    await person.doubleClick(node(1))
  }
  const addConfiguration = async (row: string, filled: () => Promise<void>) => {
    await person.click(`#node-input-btn-${row}-add`)
    await editor.page.waitForSelector('#node-config-input-name')
    await filled()
    await person.click('#node-config-dialog-ok')
    await editor.page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 1)
  }
  const pasteAndTake = async (field: string, row: readonly string[]) => {
    await person.paste(field, row.join('\t'))
    await person.click(editor.page.getByRole('button', { name: `Take over ${row.length}` }))
  }
  /** Deploys, presses the inject node's button, and waits until the node says so. */
  const deployAndPress = async (status: RegExp) => {
    person.actions++
    await editor.deploy()
    person.actions++
    await editor.press()
    await editor.untilStatus(status)
  }

  it(`is in EnOS after ${goals.enos} actions at most, the configuration pasted as a row`, async () => {
    await wiredWithInject('enos-post-measurepoint')
    await addConfiguration('device', () =>
      pasteAndTake('#node-config-input-brokerUrl', [simulator.url, 'pK11111', 'dK987654', 'ds54321']),
    )
    await person.enter('#node-input-point', 'temperature')
    await done()
    await deployAndPress(/^1 point$/)
    should((simulator.state().enos as unknown as { pointsAccepted: number }).pointsAccepted).equal(1)
    should(person.actions).be.belowOrEqual(goals.enos)
    should(editor.errors).be.empty()
  })

  it(`is in Thing+ after ${goals.thingplus} actions at most, the configuration pasted as a row`, async () => {
    await wiredWithInject('thingplus-send-value')
    await addConfiguration('client', async () => {
      const row = [`${simulator.url}/v2`, 'testClientId', 'demo-client-secret', 'serviceadmin', 'demo-password']
      await pasteAndTake('#node-config-input-baseUrl', row)
    })
    const [gateway, sensor] = ['gatewayId', 'sensorId'].map((name) =>
      editor.page.locator(`.form-row:has(#node-input-${name}) .red-ui-typedInput-input`),
    ) as [Locator, Locator]
    await person.enter(gateway, gatewayId)
    await person.enter(sensor, 'temperature')
    await done()
    await deployAndPress(/^1 (value|· 1 doubtful)$/)
    should(person.actions).be.belowOrEqual(goals.thingplus)
    should(editor.errors).be.empty()
  })
})
