import type { Browser, Locator } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { configuration, demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

const measurepoints = { speed: { dataType: 'INT' }, label: { dataType: 'STRING' } }
const models = [
  { modelId: 'Pump', measurepoints },
  { modelId: 'Bare', allowAdditionalMeasurepoint: true, measurepoints: {} },
]
const devices = [
  { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', modelId: 'Bare', name: 'A bare one' },
  { productKey: 'pump', deviceKey: 'pump-2', modelId: 'Pump', name: 'Pump 2' },
]

describe('The set-up of a dialog', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let cloud: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    cloud = await startSimulator({ port: 0, seed: { enos: { devices, models } } })
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
  const open = async (type: string, ...configured: readonly { id: string }[]) => {
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...configured.map((node) => ({ ...node, credentials: credentials[node.id] })),
      { id: 'node', type, z: 'tab', x: 400, y: 160, wires: [[]] },
    ])
    editor = await openEditor(browser, nodeRed.url)
    await editor.edit('node')
  }
  afterEach(async () => {
    await editor.cancelAll()
    should(editor.errors.splice(0)).be.empty()
  })

  const panel = () => editor.page.locator('.edgecourier-set-up section')
  const button = (words: string | RegExp): Locator => panel().getByRole('button', { name: words })
  const nodes = () => editor.page.locator('.red-ui-flow-node-group')
  const [app, device] = [() => configurations(cloud.url)[0] as { id: string }, () => configurations(cloud.url)[1]]
  const shown = (words: string | RegExp) => panel().getByText(words).first().waitFor()
  const field = (name: string) => editor.page.locator(`#node-input-${name}`)

  it('waits behind its button where a configuration is chosen, and goes on from any that is there', async () => {
    await open('enos-post-measurepoint', app(), { ...device(), id: 'device' })
    await field('device').selectOption('device')
    await editor.done()
    await editor.edit('node')
    should(await panel().isVisible()).be.false()
    const toggle = editor.page.getByRole('button', { name: 'Set up step by step' })
    await toggle.click()
    should(await toggle.getAttribute('aria-expanded')).equal('true')
    await button(/^Use 127/).click()
    await panel()
      .getByRole('option', { name: /Pump 2/ })
      .click()
    await button('Import 2').click()
    should(await field('channel').inputValue()).equal('integration')
    should(await field('deviceKey').inputValue()).equal('pump-2')
    should(await field('valuesFrom').inputValue()).equal('table')
    await toggle.click()
    should(await panel().isVisible()).be.false()
  })

  it('says what is wrong with an account, has it corrected, and goes on', async () => {
    await open('thingplus-send-value')
    await button(/^Enter my account/).click()
    const row = { baseUrl: `${cloud.url}/v2`, clientId: 'testClientId', clientSecret: 'demo-client-secret' }
    for (const [name, value] of Object.entries({ ...row, userName: 'serviceadmin', password: 'wrong' }))
      await editor.page.fill(`#node-config-input-${name}`, value)
    await editor.page.click('#node-config-dialog-ok')
    await panel().locator('.bad').first().waitFor()
    await button(/^Correct it/).click()
    await editor.page.fill('#node-config-input-password', 'demo-password')
    await editor.page.click('#node-config-dialog-ok')
    await shown(/^The user sees no gateway\. Register one/)
    should(await button('Ask again').isVisible()).be.true()
  })

  it('says why there are no points, and takes one that is typed', async () => {
    await open('enos-post-measurepoint', app())
    await button(/^Use 127/).click()
    await panel()
      .getByRole('option', { name: /A bare one/ })
      .click()
    await shown(/^The thing model Bare has no measurement points\. Add some/)
    await panel().getByRole('textbox', { name: 'Point id' }).fill('temperature')
    await editor.page.keyboard.press('Enter')
    await button('Send a test value').click()
    await shown('EnOS has accepted temperature = 21.5.')
    should(await field('point').inputValue()).equal('temperature')
  })

  it('shows what the cloud says of a test value that it refuses, and asks later steps again after a change', async () => {
    await open('enos-post-measurepoint', app())
    await button(/^Use 127/).click()
    await panel()
      .getByRole('option', { name: /Pump 2/ })
      .click()
    await button('Import 2').click()
    const value = panel().getByRole('textbox', { name: 'Test value' })
    should(await value.inputValue()).equal('1')
    await value.fill('fast')
    await button('Send a test value').click()
    await panel().locator('.bad').waitFor()
    editor.errors.splice(0)
    await button('Change: Device').click()
    should(await panel().locator('li[aria-current]').count()).equal(1)
    await panel()
      .getByRole('option', { name: /A bare one/ })
      .click()
    await shown(/^The thing model Bare has no measurement points/)
  })

  it('is gone through by keyboard alone', async () => {
    await open('enos-post-measurepoint')
    const { keyboard } = editor.page
    await button('Use the simulator').focus()
    await keyboard.press('Enter')
    const focused = (words: RegExp) =>
      editor.page.waitForFunction(
        (source) => new RegExp(source).test(document.activeElement?.textContent ?? ''),
        words.source,
      )
    await focused(/^Import 4$/)
    await keyboard.press('Enter')
    await panel().getByRole('textbox', { name: 'Test value' }).waitFor()
    should(await editor.page.evaluate(() => document.activeElement?.tagName)).equal('SELECT')
    for (const _ of ['value', 'button']) await keyboard.press('Tab')
    await keyboard.press('Enter')
    await shown('EnOS has accepted temperature = 21.5.')
    await keyboard.press('Control+Enter')
    await editor.page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 0)
    // The node, the simulator, and what sends the value.
    should(await nodes().count()).equal(3)
  })

  it('adds an inject node only where that is ticked and the dialog left by Done, and an undo removes it', async () => {
    await open('enos-post-measurepoint', app())
    const toTheEnd = async () => {
      await button(/^Use 127/).click()
      await panel()
        .getByRole('option', { name: /Pump 2/ })
        .click()
      await button('Import 2').click()
    }
    await toTheEnd()
    await editor.cancel()
    should(await nodes().count()).equal(1)
    await editor.edit('node')
    await toTheEnd()
    await panel()
      .getByRole('checkbox', { name: /^Add an inject node/ })
      .uncheck()
    await editor.done()
    should(await nodes().count()).equal(1)
    await editor.edit('node')
    await editor.page.getByRole('button', { name: 'Set up step by step' }).click()
    await toTheEnd()
    await editor.done()
    should(await nodes().count()).equal(2)
    await editor.page.locator('.red-ui-flow-link-line').waitFor({ state: 'attached' })
    await editor.page.keyboard.press('Control+z')
    await editor.page.waitForFunction(() => document.querySelectorAll('.red-ui-flow-node-group').length === 1)
  })

  for (const type of ['enos-update-attribute', 'enos-post-event']) {
    it(`leads to the device of ${type}`, async () => {
      await open(type)
      await button('Use the simulator').click()
      await shown(/^All fields are filled in/)
      if (type === 'enos-post-event') should(await field('eventId').inputValue()).equal('overheated')
      should(await field('deviceKey').inputValue()).equal('dK987654')
    })
  }

  const simulated: [type: string, field: string, value: string][] = [
    ['enos-app', 'appKey', 'demo-app'],
    ['enos-device', 'deviceKey', 'dK987654'],
    ['thingplus-client', 'userName', 'serviceadmin'],
  ]
  for (const [type, name, value] of simulated) {
    it(`fills in a configuration of ${type} for the simulator, which then finds the connection good`, async () => {
      await open('enos-auth', { ...app(), id: 'app' }, { ...device(), id: 'device' }, configuration(cloud.url))
      await editor.cancel()
      const id = { 'enos-app': 'app', 'enos-device': 'device', 'thingplus-client': 'client' }[type] as string
      await editor.edit(id, type)
      await editor.page.getByRole('button', { name: 'Use the simulator' }).click()
      await editor.page.getByText(/^Filled in for the simulator at http/).waitFor()
      should(await editor.page.inputValue(`#node-config-input-${name}`)).equal(value)
      await editor.page.getByRole('button', { name: 'Test connection' }).click()
      await editor.page.locator('.edgecourier-findings .good').nth(2).waitFor()
      should(await editor.page.locator('.edgecourier-findings .bad').count()).equal(0)
      should(await nodes().count()).equal(2)
    })
  }
})
