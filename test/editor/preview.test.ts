import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import type { Browser } from 'playwright-core'
import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { masked, startRecordedLine } from '../nodes/recorded-line'
import { configuration, gatewayId, seed, demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { startSimulator } from '../ports'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const measurepoints = { temp: { dataType: 'DOUBLE' }, pump_speed: { dataType: 'DOUBLE' } }
const enos = { models: [{ modelId: 'Demo', name: 'A machine', measurepoints }] }

describe('What would be sent, in a dialog in a browser', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let line: Awaited<ReturnType<typeof startRecordedLine>>
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed, enos } })
    line = await startRecordedLine(simulator.url)
    nodeRed = await startNodeRed(installed.userDir)
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    const asNew = { unsendable: 'leave-out', modelCheck: 'warn', timeliness: 'by-age', valuesFrom: 'message' }
    const read = { values: 'payload', valuesType: 'msg', timeField: 'time', settingsVersion: 99 }
    const node = { z: 'tab', x: 420, wires: [[]], ...asNew, ...read }
    const payload = JSON.stringify({ temp: 21.5, pump_spead: 1480 })
    const inject = { type: 'inject', z: 'tab', x: 120, repeat: '', crontab: '', once: false, onceDelay: 0.1, topic: '' }
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...[...configurations(line.url), configuration(line.url)].map((one) => ({
        ...one,
        credentials: credentials[one.id],
      })),
      { ...inject, id: 'press', y: 80, props: [{ p: 'payload' }], payload, payloadType: 'json', wires: [['post']] },
      { ...node, id: 'post', type: 'enos-post-measurepoint', channel: 'device', device: 'device', app: 'app', y: 80 },
      { ...node, id: 'send', type: 'thingplus-send-value', client: 'client', gatewayId, gatewayIdType: 'str', y: 160 },
    ])
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await line?.close()
    await simulator?.close()
    installed?.remove()
  })
  afterEach(async () => {
    await editor.cancelAll()
    should(editor.errors.splice(0)).be.empty()
  })

  const panel = () => editor.page.locator('.edgecourier-preview-panel')
  const open = async () => {
    await editor.page.click('.edgecourier-preview > button')
    await panel().locator('.edgecourier-findings').waitFor()
  }
  const show = async (sample: string) => {
    await panel().locator('textarea').fill(sample)
    await panel().locator('button').click()
    await panel().locator('.edgecourier-findings').waitFor()
  }
  const findings = () => panel().locator('.edgecourier-findings li').allInnerTexts()

  it('says that no message has come yet, and then shows a sample', async () => {
    await editor.edit('post')
    await open()
    should(await findings()).matchAny(/No message has come to this node/)
    await show('{"temp": 21.5}')
    should(await findings()).eql(['No value is left out or doubtful.'])
    should(await panel().locator('pre').innerText()).match(/"measurepoints":\{"temp":21.5\}/)
  })

  it('shows the last message as it went, its secrets masked, each doubtful value marked', async () => {
    await editor.press()
    await line.until(1)
    await editor.edit('post')
    await open()
    const head = await panel().locator('.edgecourier-preview-head').innerText()
    const [sent] = line.requests
    if (!sent) throw new Error('nothing came')
    should(head).startWith(`POST ${masked(sent, []).url}`)
    // The next message would have the next number.
    should(await panel().locator('pre').innerText()).equal(sent.body.replace('"id":"1"', '"id":"2"'))
    should(await panel().locator('mark').allInnerTexts()).eql(['"pump_spead":1480'])
    should(await panel().locator('mark').getAttribute('title')).match(/pump_speed/)
    should(await findings()).matchAny(/^Doubtful: pump_spead: .*pump_speed/)
  })

  it('works with what the dialog shows, deployed or not, and forgets what is no longer true', async () => {
    await editor.edit('post')
    const { page } = editor
    await page.selectOption('#node-input-timeliness', 'resume')
    await page.fill('#node-input-point', 'temp')
    await open()
    await show('12.5')
    should(await panel().locator('.edgecourier-preview-head').innerText()).match(
      /measurepoint\/resume\?sessionId=\*\*\*/,
    )
    should(await panel().locator('pre').innerText()).match(/"measurepoints":\{"temp":12.5\}/)
    await page.selectOption('#node-input-timeliness', 'post')
    should(await panel().locator('pre').count()).equal(0)
  })

  it('works with a configuration that is changed and not yet deployed, and sends no secret to its place', async () => {
    await editor.edit('post')
    const { page } = editor
    await page.press('#node-input-btn-device-edit', 'Enter')
    await page.fill('#node-config-input-brokerUrl', 'http://127.0.0.1:9/other')
    await page.click('#node-config-dialog-ok')
    await page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 1)
    await open()
    await show('{"temp": 1}')
    should(await findings()).eql(['No value is left out or doubtful.'])
    should(await panel().locator('.edgecourier-preview-head').innerText()).startWith(
      'POST http://127.0.0.1:9/other/topic/sys/pK11111/dK987654/thing/measurepoint/post?sessionId=***',
    )
  })

  it('shows a request for each sensor, as its type wants the values', async () => {
    await editor.edit('send')
    await open()
    await show('{"temperature": 21.5, "door": true}')
    should(await panel().locator('pre').allInnerTexts()).matchEach(/^\{"value":"(21.5|1)","time":\d+\}$/)
    should(await panel().locator('.edgecourier-preview-head').first().innerText()).match(/authorization: Bearer \*\*\*/)
  })

  it('has what would be sent of a table, too, and says why a message would be refused', async () => {
    await editor.edit('send')
    const { page } = editor
    await page.selectOption('#node-input-valuesFrom', 'table')
    await page.click('#edgecourier-sensors .red-ui-editableList-addButton')
    await page.fill('.edgecourier-row-id', 'temperature')
    await open()
    await show('{"temperature": 3}')
    should(await panel().locator('pre').innerText()).match(/^\{"value":"3","time":\d+\}$/)
    await show('{"other": 3}')
    should(await findings()).matchAny(/holds none of the values/)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [500, 340]) {
      it(`fits into a tray of ${width} pixels, ${colorScheme}, for everybody to read`, async () => {
        const own = await openEditor(browser, nodeRed.url, { colorScheme })
        await own.edit('post')
        await own.narrow(width)
        await own.page.click('.edgecourier-preview > button')
        await own.page.fill('#edgecourier-preview-sample', '{"temp": "BAD", "pump_spead": 1480, "pump_speed": 3}')
        await own.page.click('.edgecourier-preview-panel button')
        await own.page.waitForSelector('.edgecourier-preview-panel mark')
        await own.page.locator('.edgecourier-preview-panel pre').scrollIntoViewIfNeeded()
        const overflow = await own.page.locator('.edgecourier').evaluate((dialog) => {
          const { right } = dialog.getBoundingClientRect()
          return [...dialog.querySelectorAll('.edgecourier-preview *')].filter(
            (element) => element.getBoundingClientRect().right > right + 1,
          ).length
        })
        should(overflow).equal(0)
        await own.page.addScriptTag({ content: axe })
        const { violations } = (await own.page.evaluate(
          // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
          () => (globalThis as any).axe.run('.edgecourier-preview'),
        )) as AxeResults
        should(violations.map(({ id: rule, nodes }) => [rule, nodes.map(({ html }) => html)])).be.empty()
      })
    }
  }
})
