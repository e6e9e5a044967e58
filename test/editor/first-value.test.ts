import type { Browser, Locator } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { seed } from '../nodes/thingplus'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'
import { Person } from './person'

/**
 * The goals for a person who starts from an empty canvas, until a deployed flow has had its first value accepted, and the
 * counts that CONTRIBUTING tells.
 */
const goals = { simulator: { enos: 8, thingplus: 9 }, account: { enos: 12, thingplus: 14 } }

const devices = [
  { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1', name: 'The first' },
  { productKey: 'pump', deviceKey: 'pump-2', assetId: 'asset-2', name: 'Pump 2' },
]

describe('The first value, from an empty canvas by mouse and keyboard', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let cloud: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    const gateways = [...seed.gateways, { id: 'f'.repeat(32), name: 'GW B', site: '1' }]
    cloud = await startSimulator({ port: 0, seed: { enos: { devices }, thingplus: { ...seed, gateways } } })
    nodeRed = await startNodeRed(installed.userDir)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await cloud?.close()
    installed?.remove()
  })

  let editor: Editor
  let person: Person
  beforeEach(async () => {
    await nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'plant' }])
    editor = await openEditor(browser, nodeRed.url)
    person = new Person(editor.page)
  })
  afterEach(() => {
    should(editor.errors).be.empty()
  })

  const button = (words: string | RegExp): Locator =>
    editor.page.locator('.edgecourier-set-up').getByRole('button', { name: words })
  /** A node of this type, alone on the canvas, and its dialog open. */
  const dropped = async (type: string) => {
    await person.drop(type, 400, 160)
    await person.doubleClick(editor.page.locator('.red-ui-flow-node-group').first())
  }
  /** Enters an account in the dialog of a configuration, which is then tried. */
  const enterAccount = async (words: RegExp, first: string, row: readonly string[]) => {
    await person.click(button(words))
    await person.paste(`#node-config-input-${first}`, row.join('\t'))
    await person.click(editor.page.getByRole('button', { name: `Take over ${row.length}` }))
    await person.click('#node-config-dialog-ok')
  }
  const pick = (name: string) =>
    person.click(editor.page.locator('.edgecourier-set-up [role=option]', { hasText: name }))
  const takePoints = () => person.click(button(/^Import \d/))
  const sendTrial = async (words: string) => {
    await person.click(button('Send a test value'))
    await editor.page.locator('.edgecourier-set-up .good', { hasText: words }).waitFor()
  }
  /** Leaves the dialog, deploys, presses the inject node that the set-up has added, and waits until the node says so. */
  const run = async (status: RegExp) => {
    await person.click('#node-dialog-ok')
    person.actions++
    await editor.deploy()
    person.actions++
    await editor.press()
    await editor.untilStatus(status)
  }
  const pointsAccepted = () => (cloud.state().enos as unknown as { pointsAccepted: number }).pointsAccepted
  const valuesAccepted = () => (cloud.state().thingplus as unknown as { valuesAccepted: number }).valuesAccepted

  it(`is in the simulated EnOS after ${goals.simulator.enos} actions at most`, async () => {
    await dropped('enos-post-measurepoint')
    await person.click(button('Use the simulator'))
    await takePoints()
    await sendTrial('EnOS has accepted temperature = 21.5.')
    await run(/^1 point$/)
    should(person.actions).be.belowOrEqual(goals.simulator.enos)
  })

  it(`is at the simulated Thing+ after ${goals.simulator.thingplus} actions at most`, async () => {
    await dropped('thingplus-send-value')
    await person.click(button('Use the simulator'))
    await takePoints()
    await sendTrial('Thing+ has accepted')
    await run(/^1 value$/)
    should(person.actions).be.belowOrEqual(goals.simulator.thingplus)
  })

  it(`is in EnOS by an application after ${goals.account.enos} actions at most`, async () => {
    const before = pointsAccepted()
    await dropped('enos-post-measurepoint')
    await enterAccount(/^Enter an application/, 'gatewayUrl', [
      cloud.url,
      'o-demo',
      'demo-app',
      'demo-secret',
      cloud.url,
    ])
    await pick('Pump 2')
    await takePoints()
    await sendTrial('EnOS has accepted temperature = 21.5.')
    await run(/^1 point$/)
    should(person.actions).be.belowOrEqual(goals.account.enos)
    should(pointsAccepted() - before).equal(2)
  })

  it(`is in EnOS through one device after ${goals.account.enos} actions at most`, async () => {
    const before = pointsAccepted()
    await dropped('enos-post-measurepoint')
    await enterAccount(/^Enter one device/, 'brokerUrl', [cloud.url, 'pK11111', 'dK987654', 'ds54321'])
    // Nobody can be asked for its points.
    await person.enter('.edgecourier-set-up input[aria-label="Point id"]', 'temperature')
    await person.click(button('Take it'))
    await sendTrial('EnOS has accepted temperature = 21.5.')
    await run(/^1 point$/)
    should(person.actions).be.belowOrEqual(goals.account.enos)
    should(pointsAccepted() - before).equal(2)
  })

  it(`is at Thing+ after ${goals.account.thingplus} actions at most`, async () => {
    const before = valuesAccepted()
    await dropped('thingplus-send-value')
    const row = [`${cloud.url}/v2`, 'testClientId', 'demo-client-secret', 'serviceadmin', 'demo-password']
    await enterAccount(/^Enter my account/, 'baseUrl', row)
    await pick('GW A')
    await takePoints()
    await sendTrial('Thing+ has accepted temperature = 21.5.')
    await run(/^1 value$/)
    should(person.actions).be.belowOrEqual(goals.account.thingplus)
    should(valuesAccepted() - before).equal(2)
  })
})
