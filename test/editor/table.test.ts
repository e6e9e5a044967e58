import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { configuration, gatewayId, seed, demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

const modelFile = join(packageRoot, 'demo', 'model_DemoPump.json')

const power = { identifier: 'power', dataType: 'FLOAT', unit: { unitId: 'W', multiplier: 'KILO' } }
const model = { modelId: 'Demo', name: 'A machine', allowAdditionalMeasurepoint: true, measurepoints: { power } }
const bare = { modelId: 'Bare', measurepoints: {} }
const devices = [
  { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' },
  { productKey: 'bare', deviceKey: 'bare-1', modelId: 'Bare' },
]

describe('The table of a dialog in a browser', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed, enos: { models: [model, bare], devices } } })
    nodeRed = await startNodeRed(installed.userDir)
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    const read = { values: 'payload', valuesType: 'msg', timeField: 'time', timeliness: 'by-age' }
    const withInject = (id: string, payload: object, node: object) => [
      { ...read, ...node, id, z: 'tab', x: 320, y: 80, wires: [[]] },
      {
        id: `press-${id}`,
        type: 'inject',
        z: 'tab',
        x: 120,
        y: 80,
        props: [{ p: 'payload' }],
        repeat: '',
        crontab: '',
        once: false,
        onceDelay: 0.1,
        topic: '',
        payload: JSON.stringify(payload),
        payloadType: 'json',
        wires: [[id]],
      },
    ]
    const post = { type: 'enos-post-measurepoint', channel: 'device', device: 'device' }
    const send = {
      type: 'thingplus-send-value',
      client: 'client',
      gatewayId,
      gatewayIdType: 'str',
      sensorId: 'sensorId',
      sensorIdType: 'msg',
    }
    const machine = { temperature: 21.5, rpm: '1480', running: true }
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...[...configurations(simulator.url), configuration(simulator.url)].map((node) => ({
        ...node,
        credentials: credentials[node.id],
      })),
      ...withInject('typed', machine, post),
      ...withInject('imported', machine, post),
      ...withInject('asked', machine, post),
      ...withInject('elsewhere', machine, { ...post, channel: 'integration', app: 'app' }),
      ...withInject('bare', machine, {
        ...{ ...post, channel: 'integration', app: 'app' },
        ...{ productKey: 'bare', productKeyType: 'str', deviceKey: 'bare-1', deviceKeyType: 'str' },
      }),
      ...withInject('wrong', machine, post),
      ...withInject('narrow', machine, post),
      ...withInject('sensors', { temperature: 36.5, door: false }, send),
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
  afterEach(() => {
    should(editor.errors).be.empty()
  })

  const editTable = async (id: string) => {
    await editor.edit(id)
    await editor.page.selectOption('#node-input-valuesFrom', 'table')
  }
  const key = (name: string) => editor.page.keyboard.press(name)
  const type = (text: string) => editor.page.keyboard.type(text)
  const ids = () =>
    editor.page.locator('.edgecourier-row-id').evaluateAll((inputs) => inputs.map((i) => (i as HTMLInputElement).value))
  const reasons = async () =>
    (await editor.page.locator('.edgecourier-row-reason').allInnerTexts()).filter((reason) => reason !== '')
  const button = (name: RegExp) => editor.page.getByRole('button', { name })
  const importFile = async (file: Parameters<Editor['page']['setInputFiles']>[1]) => {
    const choosing = editor.page.waitForEvent('filechooser')
    await button(/Import from a model file/).click()
    await (await choosing).setFiles(file)
  }
  /** Presses an inject node's button and waits until the node after it is green. */
  const pressUntilGreen = async (node: string) => {
    await nodeRed.press(`press-${node}`)
    await nodeRed.editor.until(`status/${node}`, (status) => (status as { fill?: string })?.fill === 'green')
  }
  const values = (stream: string) => simulator.points(stream)?.map((point) => point.values) ?? []

  it('is filled by keyboard alone, and sends what it says', async () => {
    await editTable('typed')
    await button(/Add a point/).focus()
    await key('Enter')
    await type('temperature')
    await key('Enter')
    await type('speed')
    await key('Tab')
    await key('Tab')
    await key('Control+A')
    await type('payload.rpm')
    await key('Tab')
    should(await ids()).deepEqual(['temperature', 'speed'])
    await editor.page.getByRole('button', { name: /^Move speed/ }).focus()
    await key('ArrowUp')
    should(await ids()).deepEqual(['speed', 'temperature'])
    await editor.done()
    await editor.deploy()
    await pressUntilGreen('typed')
    should(values('pK11111/dK987654').at(-1)).deepEqual({ speed: '1480', temperature: 21.5 })
    await editTable('typed')
    should(await ids()).deepEqual(['speed', 'temperature'])
    await editor.cancel()
  })

  it('takes the points of a model file, with types and units, and marks those that it has', async () => {
    await editTable('imported')
    await button(/Add a point/).click()
    await type('temperature')
    await importFile(modelFile)
    const lines = editor.page.locator('.edgecourier-import li')
    await lines.first().waitFor()
    should(await lines.allInnerTexts()).match([
      /temperature.*DOUBLE · °C · in the table/s,
      /speed.*INT · rpm/s,
      /running.*BOOL/s,
    ])
    should(await lines.locator('input:checked').count()).equal(3)
    await lines.filter({ hasText: 'running' }).locator('input').uncheck()
    await button(/Import 2/).click()
    should(await ids()).deepEqual(['temperature', 'speed'])
    should(await editor.page.locator('li .edgecourier-row-kind').allInnerTexts()).deepEqual([
      'DOUBLE · °C',
      'INT · rpm',
    ])
    const source = editor.page.getByRole('textbox', { name: 'Value of speed from' })
    should(await source.inputValue()).equal('payload.speed')
    await source.fill('payload.rpm')
    await editor.done()
    await editor.deploy()
    await pressUntilGreen('imported')
    should(values('pK11111/dK987654').at(-1)).deepEqual({ temperature: 21.5, speed: 1480 })
  })

  it('takes what the cloud knows: points of the device or of a picked model, sensors of the gateway', async () => {
    const lines = editor.page.locator('.edgecourier-import li')
    await editTable('asked')
    await button(/Import from EnOS/).click()
    await lines.first().waitFor()
    should(await lines.allInnerTexts()).match([/power.*FLOAT · kW/s])
    await editor.cancel()
    await editTable('elsewhere')
    await button(/Import from EnOS/).focus()
    await key('Enter')
    await editor.page.locator('.edgecourier-choices-status', { hasText: '2 found' }).waitFor()
    await type('a machine')
    await key('Enter')
    await lines.first().waitFor()
    should(await lines.allInnerTexts()).match([/power.*FLOAT · kW/s])
    await key('Enter')
    should(await ids()).deepEqual(['power'])
    await editor.cancel()
    await editTable('sensors')
    await button(/Import from Thing\+/).click()
    await lines.first().waitFor()
    await button(/Import 4/).click()
    should(await ids()).deepEqual(['temperature', 'door', 'string', 'location'])
    should(await editor.page.locator('.edgecourier-row-name').first().innerText()).equal('The temperature')
    await editor.cancel()
  })

  it('says why there is nothing to import, and offers another model', async () => {
    await editTable('bare')
    await button(/Import from EnOS/).click()
    await editor.page.getByText(/^The thing model Bare has no measurement points\. Add some/).waitFor()
    await button(/^Another model/).click()
    await type('a machine')
    await editor.page.locator('.edgecourier-choices-status', { hasText: '1 found' }).waitFor()
    await key('Enter')
    await editor.page.getByText(/of the model A machine/).waitFor()
    await button(/Import 1/).click()
    should(await ids()).deepEqual(['power'])
    await editor.cancel()
  })

  it('gives the reason why a row, a table or a file cannot be used', async () => {
    await editTable('wrong')
    await button(/Add a point/).click()
    await key('Tab')
    should(await reasons()).deepEqual(['enter an id'])
    await editor.page.locator('.edgecourier-row-id').first().fill('a')
    await key('Enter')
    await type('a')
    should(await reasons()).deepEqual(['two rows have the id a', 'two rows have the id a'])
    await editor.page.getByRole('textbox', { name: 'Value of a from' }).last().fill('')
    await editor.page.locator('.edgecourier-row-id').last().fill('b')
    await editor.page.getByRole('textbox', { name: 'Value of b from' }).fill('')
    await key('Tab')
    should(await reasons()).deepEqual(['enter where the value of b comes from'])
    await editor.page.getByRole('button', { name: 'Remove b' }).press('Enter')
    await editor.page.waitForFunction(() => document.querySelectorAll('.edgecourier-row-id').length === 1)
    should(await reasons()).be.empty()
    await importFile({ name: 'flows.json', mimeType: 'application/json', buffer: Buffer.from('[]') })
    await editor.page.getByText(/flows\.json is not a thing model/).waitFor()
    await editor.cancel()
    editor.errors.splice(0)
  })

  it('sends values to sensors', async () => {
    await editTable('sensors')
    should(await editor.page.locator('#node-input-sensorId').isVisible()).be.false()
    await button(/Add a sensor/).click()
    await type('temperature')
    await key('Enter')
    await type('door')
    await editor.done()
    await editor.deploy()
    await pressUntilGreen('sensors')
    should(values(`${gatewayId}/temperature`).at(-1)).deepEqual({ value: '36.5' })
    should(values(`${gatewayId}/door`)).have.length(1)
  })

  it('holds in a narrow tray: nothing is cut off, each field has a label', async () => {
    await editTable('narrow')
    await importFile(modelFile)
    await button(/Import 3/).click()
    await editor.narrow(330)
    const table = editor.page.locator('.edgecourier-table')
    const { width } = (await table.boundingBox()) ?? { width: 0 }
    should(width).be.within(200, 330)
    const sticksOut = await table.evaluate((element) => {
      const right = element.getBoundingClientRect().right
      const visible = [...element.querySelectorAll<HTMLElement>('input, button, a, .edgecourier-row-kind')].filter(
        (each) => each.offsetParent,
      )
      return visible.filter((each) => each.getBoundingClientRect().right > right + 1).map((each) => each.className)
    })
    should(sticksOut).be.empty()
    const unnamed = await table
      .locator('input:visible, button:visible, a:visible')
      .evaluateAll((fields) =>
        fields
          .filter((field) => !(field.getAttribute('aria-label') || field.textContent?.trim()))
          .map((field) => field.outerHTML),
      )
    should(unnamed.filter((html) => !/red-ui-typedInput-option/.test(html))).be.empty()
    await editor.cancel()
  })
})
