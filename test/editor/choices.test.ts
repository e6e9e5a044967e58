import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import {
  configuration,
  gatewayId,
  seed as thingplus,
  demoCredentials as thingplusCredentials,
} from '../nodes/thingplus'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

interface EditorWindow {
  RED: {
    workspaces: { active(): string }
    nodes: { import(nodes: object[], options: object): void; node(id: string): object }
    view: { redraw(): void }
    plugins: { getPlugin(id: string): { choices(kind: string, request: object): Promise<object> } }
  }
}

const pumps = Array.from({ length: 250 }, (_, index) => ({
  productKey: 'pump',
  deviceKey: `pump-${index}`,
  deviceSecret: 'ds54321',
  assetId: `asset-${index}`,
  modelId: 'Pump',
  name: `Pump ${index}`,
}))
const model = {
  modelId: 'Pump',
  name: 'A pump',
  measurepoints: { temp: { dataType: 'DOUBLE', unit: { unitId: '°C', multiplier: 'ONE' } } },
  events: { dryRun: { name: { defaultValue: 'Dry run' } } },
}
const seed = { enos: { devices: pumps, models: [model] }, thingplus }

const fixedIds = { gatewayIdType: 'str', deviceIdType: 'str', sensorIdType: 'str' }
const ofGateway = { client: 'client', gatewayId, ...fixedIds }
const integration = {
  channel: 'integration',
  app: 'app',
  assetIdType: 'str',
  productKeyType: 'str',
  deviceKeyType: 'str',
}
const flowNodes = [
  { id: 'get', type: 'thingplus-get', resource: 'sensor', ...ofGateway, gatewayModelId: '', gatewayModelIdType: 'str' },
  { id: 'models', type: 'thingplus-get', resource: 'gatewayModel', client: 'client', gatewayModelIdType: 'str' },
  { id: 'register-gateway', type: 'thingplus-register-gateway', client: 'client', siteIdType: 'str' },
  { id: 'register-device', type: 'thingplus-register-device', ...ofGateway, deviceModelIdType: 'str' },
  { id: 'register-sensor', type: 'thingplus-register-sensor', ...ofGateway, sensorTypeType: 'str' },
  { id: 'send-status', type: 'thingplus-send-status', ...ofGateway, target: 'sensor' },
  { id: 'send-value', type: 'thingplus-send-value', ...ofGateway, sensorId: 'mine' },
  { id: 'post', type: 'enos-post-measurepoint', ...integration },
  { id: 'attribute', type: 'enos-update-attribute', ...integration },
  { id: 'event', type: 'enos-post-event', ...integration, assetId: 'asset-7', eventIdType: 'str' },
  { id: 'status', type: 'thingplus-send-status', ...ofGateway, statusValue: 'on', statusValueType: 'str' },
  { id: 'call', type: 'enos-call-api', app: 'app', method: 'PATCH', methodType: 'str', path: '/x', pathType: 'str' },
  { id: 'control', type: 'cloud-outbox-control', lane: '', laneType: 'str' },
]

describe('The lists that dialogs offer, with configurations that were never deployed', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0, seed })
    nodeRed = await startNodeRed(installed.userDir)
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
    const nodes = [
      ...[...configurations(simulator.url), configuration(simulator.url)],
      ...flowNodes.map((node, index) => ({ ...node, name: '', x: 200, y: 50 + 50 * index, wires: [[]] })),
    ]
    await editor.page.evaluate((imported) => {
      const { RED } = globalThis as unknown as EditorWindow
      const onTab = imported.map((node) => ('wires' in node ? { ...node, z: RED.workspaces.active() } : node))
      RED.nodes.import(onTab, { generateIds: false })
      RED.view.redraw()
    }, nodes)
    await enterSecrets('app', 'enos-app', demoCredentials.app)
    await enterSecrets('client', 'thingplus-client', thingplusCredentials.client)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })
  afterEach(async () => {
    if (await editor.page.locator('.red-ui-tray').count()) await editor.cancel()
    should(editor.errors).be.empty()
  })

  const enterSecrets = async (id: string, type: string, secrets: object) => {
    await editor.edit(id, type)
    for (const [name, secret] of Object.entries(secrets)) await editor.page.fill(`#node-config-input-${name}`, secret)
    await editor.page.click('#node-config-dialog-ok')
    await editor.page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 0)
  }
  const row = (field: string) => editor.page.locator(`.form-row:has(#${field})`)
  const button = (field: string) => row(field).locator('.edgecourier-pick')
  const option = (text: string) => editor.page.locator('.edgecourier-choices li', { hasText: text }).first()
  const status = () => editor.page.locator('.edgecourier-choices-status')
  const says = (text: RegExp) => status().filter({ hasText: text }).waitFor()
  const isClosed = () => editor.page.locator('.edgecourier-choices').waitFor({ state: 'detached' })
  const focused = () => editor.page.evaluate(() => document.activeElement?.id)
  const entered = (field: string) => editor.page.inputValue(`#${field}`)

  const picks: [node: string, type: string | undefined, field: string, search: string, value: string][] = [
    ['get', undefined, 'node-input-gatewayId', 'gw', gatewayId],
    ['get', undefined, 'node-input-sensorId', 'the door', 'door'],
    ['models', undefined, 'node-input-gatewayModelId', 'open api', '52'],
    ['register-gateway', undefined, 'node-input-siteId', 'default', '1'],
    ['register-device', undefined, 'node-input-deviceModelId', 'open', 'open-api-device-v1.0'],
    ['register-sensor', undefined, 'node-input-deviceId', 'device', 'device'],
    ['register-sensor', undefined, 'node-input-sensorType', 'humid', 'humidity'],
    ['send-status', undefined, 'node-input-sensorId', 'location', 'location'],
    ['send-value', undefined, 'node-input-sensorId', 'string', 'string'],
    ['post', undefined, 'node-input-productKey', 'pump', 'pump'],
    ['post', undefined, 'node-input-assetId', 'Pump 249', 'asset-249'],
    ['attribute', undefined, 'node-input-deviceKey', 'pump-248', 'pump-248'],
    ['event', undefined, 'node-input-eventId', 'dry', 'dryRun'],
    ['device', 'enos-device', 'node-config-input-productKey', 'pump', 'pump'],
  ]
  for (const [node, type, field, search, value] of picks) {
    const clear = async () => {
      await editor.page.evaluate((id) => {
        const { $ } = globalThis as unknown as { $(selector: string): { typedInput(...words: string[]): void } }
        const input = document.getElementById(id) as HTMLInputElement
        if (input.closest('.form-row')?.querySelector('.red-ui-typedInput-container'))
          $(`#${id}`).typedInput('value', '')
        else input.value = ''
      }, field)
    }
    it(`give ${field} of ${node} its value by keyboard and by mouse`, async () => {
      await editor.edit(node, type)
      await clear()
      await button(field).focus()
      await editor.page.keyboard.press('Enter')
      await editor.page.keyboard.type(search)
      await says(/^1 found$/)
      await editor.page.keyboard.press('Enter')
      await isClosed()
      should(await entered(field)).equal(value)
      should(await focused()).equal(`edgecourier-pick-${field}`)
      await clear()
      await button(field).click()
      await editor.page.keyboard.type(search)
      await says(/^1 found$/)
      await option('').click()
      await isClosed()
      should(await entered(field)).equal(value)
    })
  }

  it('move with the arrow keys, announce the active one, and close with Escape without a change', async () => {
    await editor.edit('send-value')
    await editor.page.getByRole('button', { name: 'Pick from a list Sensor id' }).click()
    await says(/^4 found$/)
    const search = editor.page.getByRole('combobox', { name: 'Search: Sensor id' })
    const active = async () => editor.page.locator(`#${await search.getAttribute('aria-activedescendant')}`).innerText()
    should(await active()).match(/^The temperature/)
    await search.press('ArrowDown')
    should(await active()).match(/^The door/)
    await search.press('ArrowUp')
    await search.press('ArrowUp')
    should(await active()).match(/^The location/)
    should(await editor.page.locator('.edgecourier-choices [aria-selected="true"]').count()).equal(1)
    await search.press('Escape')
    await isClosed()
    should(await entered('node-input-sensorId')).equal('mine')
    should(await focused()).equal('edgecourier-pick-node-input-sensorId')
  })

  it('close when the focus goes elsewhere, and leave the field free for typing', async () => {
    await editor.edit('post')
    await button('node-input-assetId').click()
    await says(/^The first 200 of more/)
    await row('node-input-assetId').locator('input.red-ui-typedInput-input').click()
    await isClosed()
    await editor.page.keyboard.type('my own')
    should(await entered('node-input-assetId')).equal('my own')
  })

  it('set the product with the device, so that a pick is enough', async () => {
    await editor.edit('post')
    await button('node-input-deviceKey').click()
    await option('Pump 3').click()
    should(await entered('node-input-deviceKey')).equal('pump-3')
    should(await entered('node-input-productKey')).equal('pump')
  })

  it('say that nothing is found, and why the cloud could not be asked', async () => {
    await editor.edit('register-device')
    await button('node-input-gatewayId').click()
    await says(/^1 found$/)
    await editor.page.keyboard.type('no such gateway')
    await says(/^Nothing found/)
    await editor.page.keyboard.press('Escape')
    await editor.cancel()
    await enterSecrets('client', 'thingplus-client', { password: 'wrong' })
    await editor.edit('register-device')
    await button('node-input-gatewayId').click()
    await says(/password/)
    // The refusal itself, as the browser notes it.
    should(editor.errors.splice(0)).have.length(1)
    await editor.page.keyboard.press('Escape')
    await editor.cancel()
    await enterSecrets('client', 'thingplus-client', thingplusCredentials.client)
  })

  it('offer the words that a field may have as a choice, which stays open to what a node of before has', async () => {
    const { page } = editor
    const chosen = (field: string) => row(field).locator('.red-ui-typedInput-option-trigger')
    const isWrong = (field: string) => row(field).locator('.red-ui-typedInput-container.input-error').count()
    const menu = () => page.locator('.red-ui-typedInput-options:visible')
    await editor.edit('status')
    should(await chosen('node-input-statusValue').innerText()).match(/^on: it works/)
    await chosen('node-input-statusValue').click()
    await menu().getByText('err: it has a fault').click()
    should(await entered('node-input-statusValue')).equal('err')
    await editor.done()
    await editor.edit('call')
    should(await chosen('node-input-method').innerText()).match(/^PATCH/)
    should(await isWrong('node-input-method')).equal(1)
    await chosen('node-input-method').click()
    should((await menu().innerText()).trim().split(/\s+/)).deepEqual(['PATCH', 'GET', 'POST', 'PUT', 'DELETE'])
    await menu().getByText('POST').click()
    should(await isWrong('node-input-method')).equal(0)
    await row('node-input-method').locator('.red-ui-typedInput-type-select').click()
    await menu().getByText('msg.').click()
    await row('node-input-method').locator('input.red-ui-typedInput-input').fill('verb')
    await page.keyboard.press('Tab')
    should(await isWrong('node-input-method')).equal(0)
    await editor.done()
    await editor.edit('call')
    should(await entered('node-input-method')).equal('verb')
  })

  it('leave the name of what was picked beside its id: in the field, on the node, and in its dialog later', async () => {
    const { page } = editor
    const caption = (field: string) => row(`node-input-${field}`).locator('.edgecourier-picked')
    const labelOf = (id: string) => page.locator(`[id="${id}"] .red-ui-flow-node-label`).textContent()
    await editor.edit('post')
    await button('node-input-deviceKey').click()
    await option('Pump 3').click()
    should(await caption('deviceKey').innerText()).equal('Pump 3')
    await editor.done()
    should(String(await labelOf('post')).replaceAll(/\s+/g, ' ')).match(/: Pump 3 · pump-3$/)
    await editor.edit('post')
    should(await caption('deviceKey').innerText()).equal('Pump 3')
    await row('node-input-deviceKey').locator('input.red-ui-typedInput-input').fill('pump-4')
    should(await caption('deviceKey').isVisible()).be.false()
    await row('node-input-deviceKey').locator('input.red-ui-typedInput-input').fill('pump-3')
    should(await caption('deviceKey').innerText()).equal('Pump 3')
    const long = `pump-${'0123456789'.repeat(8)}`
    await row('node-input-deviceKey').locator('input.red-ui-typedInput-input').fill(long)
    should(await caption('deviceKey').innerText()).equal(long)
    await editor.done()
    should(String(await labelOf('post'))).not.match(/pump/i)
  })

  it('are offered only while the value is fixed text', async () => {
    await editor.edit('send-value')
    should(await button('node-input-gatewayId').isVisible()).be.true()
    const typedInput = async (type: string) =>
      editor.page.evaluate((chosen) => {
        const { $ } = globalThis as unknown as { $(selector: string): { typedInput(...words: string[]): void } }
        $('#node-input-gatewayId').typedInput('type', chosen)
      }, type)
    await typedInput('msg')
    should(await button('node-input-gatewayId').isVisible()).be.false()
    await typedInput('str')
    should(await button('node-input-gatewayId').isVisible()).be.true()
  })

  it('give other dialogs the measurement points of a device with their types and units', async () => {
    const answer = await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as EditorWindow
      const request = { configurations: 'app', outer: { productKey: 'pump', deviceKey: 'pump-9' } }
      return RED.plugins.getPlugin('edgecourier').choices('enos-measurepoints', request)
    })
    should(answer).deepEqual({
      choices: [{ value: 'temp', label: 'temp', detail: 'DOUBLE · °C', dataType: 'DOUBLE', unit: '°C' }],
      more: false,
    })
  })

  it('are not offered to a device where there is no application to ask', async () => {
    const other = await openEditor(browser, nodeRed.url)
    await other.page.evaluate((device) => {
      const { RED } = globalThis as unknown as EditorWindow
      RED.nodes.import([device], { generateIds: false })
    }, configurations(simulator.url)[1] ?? {})
    await other.edit('device', 'enos-device')
    should(await other.page.locator('.edgecourier-pick').count()).equal(0)
  })

  it('hold the lanes that an outbox has, with what waits in each', async () => {
    await editor.edit('control')
    await button('node-input-lane').click()
    await says(/^Choose an outbox first/)
    await editor.page.keyboard.press('Escape')
    await editor.cancel()
    const outbox = { id: 'outbox', type: 'cloud-outbox', folder: 'plant', maxMegabytes: 10 }
    const waiting = {
      id: 'post',
      type: 'enos-post-measurepoint',
      z: 'tab',
      device: 'device',
      outbox: 'outbox',
      wires: [],
    }
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      outbox,
      ...configurations(simulator.url).map((node) => ({
        ...node,
        credentials: (demoCredentials as Record<string, object>)[node.id],
      })),
      { ...waiting, values: 'payload', valuesType: 'msg', timeField: 'time', x: 300, y: 80 },
      {
        id: 'control',
        type: 'cloud-outbox-control',
        z: 'tab',
        outbox: 'outbox',
        lane: '',
        laneType: 'str',
        x: 300,
        y: 160,
      },
    ])
    editor = await openEditor(browser, nodeRed.url)
    await editor.edit('control')
    await button('node-input-lane').click()
    await option('enos-device pK11111/dK987654').click()
    should(await entered('node-input-lane')).match(/^enos-device pK11111\/dK987654 at .*, measurepoint/)
  })
})
