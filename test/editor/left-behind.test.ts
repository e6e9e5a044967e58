import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { Users, user } from '../runtime/log-in'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
/** Of a device; as HTML it would give the page another title. */
const hostile = `<img src=x onerror="document.title='taken'">`
const onTab = { z: 'tab', x: 100, y: 100 }
const outbox = '/edgecourier/outbox/outbox'

interface LeftBehind {
  lanes: { lane: string; pending: number; takers: { lane: string; device?: string }[] }[]
}

describe('What is left behind, in the dialog of outbox control', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let users: Users
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    const logins = [user('operator', '*'), user('onlooker', 'read')]
    nodeRed = await startNodeRed(installed.userDir, { adminAuth: { type: 'credentials', users: logins } })
    users = new Users(nodeRed.url)
    browser = await launchBrowser()
    await deploy('http://127.0.0.1:9', [hostile, 'd2x'])
    const figures = async () =>
      (await (await users.ask(outbox, 'operator')).json()) as { lanes?: { pending: number }[] }
    while ((await figures()).lanes?.map(({ pending }) => pending).join() !== '2,2') await figures()
    await deploy(simulator.url, ['dK987654'])
    while ((await leftBehind()).lanes?.length !== 2) await leftBehind()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  /** Each device gets two values at the start of the flow, where the cloud is not there. */
  const deploy = async (url: string, deviceKeys: readonly string[]) => {
    const [, device] = configurations(url)
    const isDead = url !== simulator.url
    const ofDevice = (deviceKey: string, at: number) => [
      { ...device, id: `device-${at}`, deviceKey, credentials: demoCredentials.device },
      {
        ...onTab,
        id: `at-start-${at}`,
        type: 'inject',
        once: isDead,
        onceDelay: 0,
        props: [{ p: 'payload' }],
        payload: '[{"n":1},{"n":2}]',
        payloadType: 'json',
        wires: [[`post-${at}`]],
      },
      {
        ...onTab,
        id: `post-${at}`,
        type: 'enos-post-measurepoint',
        channel: 'device',
        device: `device-${at}`,
        outbox: 'outbox',
        values: 'payload',
        valuesType: 'msg',
        timeField: 'time',
        timeliness: 'by-age',
        wires: [[]],
      },
    ]
    const flow = [
      { id: 'tab', type: 'tab', label: 'plant' },
      { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' },
      ...deviceKeys.flatMap(ofDevice),
      { ...onTab, id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [[], []] },
    ]
    const answer = await users.ask('/flows', 'operator', { method: 'POST', body: JSON.stringify(flow) })
    should(answer.ok).be.true()
  }
  const leftBehind = async () => (await (await users.ask(`${outbox}/left-behind`, 'onlooker')).json()) as LeftBehind
  const openAs = (name: string, colorScheme: 'light' | 'dark' = 'light') =>
    openEditor(browser, nodeRed.url, {
      colorScheme,
      async logIn(page: Page) {
        await page.fill('#node-dialog-login-username', name)
        await page.fill('#node-dialog-login-password', name)
        await page.click('#node-dialog-login-submit')
      },
    })
  const list = async ({ edit, page }: Editor) => {
    await edit('control')
    const button = page.getByRole('button', { name: 'What is left behind' })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.locator('.edgecourier-left tbody tr').first().waitFor()
    return page.locator('.edgecourier-left')
  }

  it('is shown as text to a user who may only read, and cannot be touched', async () => {
    const editor = await openAs('onlooker')
    const left = await list(editor)
    should(await left.locator('tbody li').allInnerTexts()).containEql(`pK11111/${hostile}: 2`)
    should(await left.locator('img').count()).equal(0)
    should(await editor.page.title()).not.equal('taken')
    should(await left.locator('td :is(button, select):enabled').count()).equal(0)
    should(await left.locator('td :is(button, select):disabled').count()).equal(6)
  })

  // Node-RED 4 has one theme only.
  for (const colorScheme of ['light', 'dark'] as const)
    it(`can be read by everybody, in ${colorScheme} colours`, async () => {
      const editor = await openAs('operator', colorScheme)
      await list(editor)
      await editor.page.addScriptTag({ content: axe })
      const { violations } = (await editor.page.evaluate(
        // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
        () => (globalThis as any).axe.run('.edgecourier-left'),
      )) as AxeResults
      should(violations.map(({ id }) => id)).be.empty()
    })

  it('is given to another device, or thrown away after a question, by keyboard alone', async () => {
    const editor = await openAs('operator')
    const { page } = editor
    const { keyboard } = page
    const left = await list(editor)
    const named = (name: string) => left.getByRole('button', { name })
    await left.getByRole('combobox', { name: /d2x/ }).focus()
    for (const key of ['ArrowDown', 'Tab', 'Enter']) await keyboard.press(key)
    await page.waitForFunction(() => document.querySelectorAll('.edgecourier-left tbody tr').length === 2)
    should((await leftBehind()).lanes.map(({ lane }) => lane.includes('img'))).eql([true])
    await named('Drop').focus()
    await keyboard.press('Enter')
    should(await named('Keep').evaluate((button) => button === document.activeElement)).be.true()
    await keyboard.press('Enter')
    should((await leftBehind()).lanes).have.length(1)
    await keyboard.press('Enter')
    await keyboard.press('Shift+Tab')
    await keyboard.press('Enter')
    await left.getByText('Nothing is left behind').waitFor()
    should((await leftBehind()).lanes).be.empty()
    const { lanes } = (await (await users.ask(outbox, 'operator')).json()) as { lanes: { dropped: number }[] }
    should(lanes.reduce((sum, { dropped }) => sum + dropped, 0)).equal(4)
    while (simulator.points('pK11111/dK987654')?.length !== 2) await leftBehind()
    should(editor.errors.filter((error) => !/401/.test(error))).be.empty()
  })
})
