import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Locator } from 'playwright-core'
import should from 'should'
import { freePort } from '../ports'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { chartOf } from './chart'
import { type Editor, openEditor } from './editor'
import { type Frame, saveFilm } from './film'
import { Person } from './person'
import { boxesOf, takePicture } from './picture'

const docs = join(packageRoot, 'docs')
/** The demo as it is when its history has been sent; what goes on every second would make each picture another one. */
const demo = (JSON.parse(readFileSync(join(packageRoot, 'demo', 'flows.json'), 'utf8')) as object[]).map((node) =>
  'repeat' in node && node.repeat === '1' ? { ...node, repeat: '', once: false } : node,
)
const tabs = { EnOS: 'demo-enos', 'Thing+': 'demo-thingplus' }
interface EditorWindow {
  RED: { actions: { invoke(name: string, state: boolean): void } }
}

/** The pictures of the documents are those of this run, so that they show what there is. */
describe('The pictures of the documents', function () {
  needsBrowser(this)
  const environment = { ...process.env }
  let installed: InstalledPackage
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  let simulatorUrl: string
  before(async () => {
    installed = await installPackedPackage()
    const port = String(await freePort())
    simulatorUrl = `http://127.0.0.1:${port}`
    Object.assign(process.env, {
      SIMULATOR_PORT: port,
      SIMULATOR_URL: simulatorUrl,
      THINGPLUS_URL: `${simulatorUrl}/v2`,
      MEASUREMENTS_CSV: join(packageRoot, 'demo/machine_temperature.csv'),
      AMBIENT_CSV: join(packageRoot, 'demo/ambient_temperature.csv'),
      THING_MODEL: join(packageRoot, 'demo/model_DemoPump.json'),
    })
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy(demo)
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
    // The tips of the day are others every time.
    await editor.page.evaluate(() =>
      (globalThis as unknown as EditorWindow).RED.actions.invoke('core:toggle-show-tips', false),
    )
    // The palette as far as our nodes.
    await editor.page.locator('.red-ui-palette-node[data-palette-type="thingplus-send-value"]').scrollIntoViewIfNeeded()
    // The count of all that the demo sends.
    await editor.untilStatus(/EnOS: 2000 values · Thing\+: 1000 values$|Thing\+: 1000 values · EnOS: 2000 values$/)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    installed?.remove()
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
  })
  afterEach(() => {
    should(editor.errors).be.empty()
  })

  const nobodyPoints = async () => {
    await editor.page.mouse.move(700, 760)
    await editor.page.waitForSelector('.red-ui-popover', { state: 'hidden' })
  }
  /** The icons of the nodes come by themselves. */
  const iconsDrawn = async () => {
    await editor.page.evaluate(async () => {
      const icons = document.querySelectorAll<SVGImageElement>('#red-ui-workspace-chart image')
      for (const { href } of icons) await Object.assign(new Image(), { src: href.baseVal }).decode()
      await new Promise(requestAnimationFrame)
      await new Promise(requestAnimationFrame)
    })
  }
  /** The open dialog as far as this part of it. */
  const dialogDownTo = async (part: Locator) => {
    const [dialog, end] = await Promise.all([
      part.page().locator('.red-ui-tray').last().boundingBox(),
      part.boundingBox(),
    ])
    if (!dialog || !end) throw new Error('there is no such dialog')
    return { ...dialog, height: end.y + end.height + 6 - dialog.y }
  }
  const statuses = () => editor.page.locator('.red-ui-flow-node-status-label:visible').all()

  it('show both tabs of the demo with no node red', async () => {
    const { page } = editor
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
      await nobodyPoints()
      await iconsDrawn()
      // The simulator's address is another one in each run.
      const address = page.locator('.red-ui-flow-node-status-label', { hasText: 'http://127.0.0.1' })
      await takePicture(page, join(docs, `${picture}.png`), [address])
    }
  })

  it('show a dialog that found the connection good', async () => {
    const { page } = editor
    await editor.showTab('EnOS')
    await editor.edit('demo-post-device')
    // By keyboard, since the mouse would leave a tooltip behind.
    await page.press('#node-input-btn-device-edit', 'Enter')
    await page.click('.edgecourier-test button')
    await page.waitForSelector('.edgecourier-findings .good')
    await page.waitForFunction(() => document.querySelectorAll('.edgecourier-findings li').length > 2)
    await page.mouse.move(700, 760)
    // It names the port, and the milliseconds.
    const besides = [page.locator('.edgecourier-findings li').first()]
    const last = page.locator('.edgecourier-findings li').last()
    await takePicture(page, join(docs, 'test-connection.png'), besides, await dialogDownTo(last))
    for (let open = 2; open > 0; open--) {
      await page.locator('#node-config-dialog-cancel, #node-dialog-cancel').last().click()
      await page.waitForFunction((most) => document.querySelectorAll('.red-ui-tray').length < most, open)
    }
  })

  it('show the page of the simulator', async () => {
    const page = await browser.newPage({ viewport: { width: 1000, height: 1000 } })
    await page.goto(simulatorUrl)
    await page.waitForSelector('svg')
    await takePicture(
      page,
      join(docs, 'simulator.png'),
      ['h1', '#received', '#requests', '#connect'].map((part) => page.locator(part)),
    )
  })

  it('show an outage that heals', async () => {
    const { page } = editor
    const chart = await page.locator('#red-ui-workspace-chart').boundingBox()
    if (!chart) throw new Error('there is no canvas')
    const clip = { x: chart.x + 20, y: chart.y + 25, width: 760, height: 400 }
    const frames: Frame[] = []
    const show = async (caption: string, ms: number) => {
      await nobodyPoints()
      const place = { left: clip.x, top: clip.y + clip.height - 44, width: clip.width }
      await page.evaluate(captionBar, { text: caption, ...place })
      frames.push({ picture: await page.screenshot({ clip }), ms, besides: await boxesOf(await statuses(), clip) })
      await page.evaluate(captionBar, { text: '', ...place })
    }
    const badge = page.locator('#demo-post-device .red-ui-flow-node-status-label')
    /** A value a second, until the badge says so. */
    const measureUntil = async (words: RegExp) => {
      let shown = ''
      for (let seconds = 0; seconds < 60; seconds++) {
        await nodeRed.press('demo-every-second')
        await pause(1_000)
        shown = ((await badge.textContent()) ?? '').trim()
        if (words.test(shown)) return
      }
      throw new Error(`The badge says ${shown}`)
    }

    await iconsDrawn()
    await measureUntil(/^delivered \d/)
    await show('A value a second is delivered.', 2_500)
    await nodeRed.press('demo-cut')
    await measureUntil(/^offline [2-9] /)
    await show('The cloud is down: values wait on disk …', 1_200)
    await measureUntil(/^offline \d+ · [5-9] s/)
    await show('The cloud is down: values wait on disk …', 1_200)
    await measureUntil(/^offline \d+ · 1\d s/)
    await show('… for as long as it takes, through restarts and power cuts.', 3_000)
    await nodeRed.press('demo-mend')
    await measureUntil(/^delivered \d/)
    await show('The cloud is back: all of them are delivered, in their order.', 3_500)
    await saveFilm(page, join(docs, 'outage.png'), frames)
  })

  it('show the steps from an empty dialog to a value that EnOS has accepted', async () => {
    await nodeRed.deploy([{ id: 'plant', type: 'tab', label: 'plant' }])
    const { page } = await openEditor(browser, nodeRed.url)
    const person = new Person(page)
    await person.drop('enos-post-measurepoint', 400, 160)
    await person.doubleClick(page.locator('.red-ui-flow-node-group').first())
    const setUp = page.locator('.edgecourier-set-up')
    for (const words of ['Use the simulator', /^Import \d/, 'Send a test value'])
      await setUp.getByRole('button', { name: words }).click()
    await setUp.locator('.good', { hasText: 'accepted' }).waitFor()
    await page.mouse.move(200, 760)
    await takePicture(page, join(docs, 'first-steps.png'), [], await dialogDownTo(setUp))
  })

  it('show the throughput that docs/measured.md tells', () => {
    const file = join(docs, 'measured.svg')
    const drawn = chartOf(readFileSync(join(docs, 'measured.md'), 'utf8'))
    if (!existsSync(file) || readFileSync(file, 'utf8') !== drawn) writeFileSync(file, drawn)
  })
})

/** Runs in the page: a line at the foot of a picture; none where it is empty. */
function captionBar({ text, left, top, width }: { text: string; left: number; top: number; width: number }): void {
  document.getElementById('caption')?.remove()
  if (text === '') return
  const bar = document.createElement('div')
  bar.id = 'caption'
  bar.textContent = text
  bar.style.cssText = `position: fixed; z-index: 1000; left: ${left}px; top: ${top}px; width: ${width}px; height: 44px; line-height: 44px; padding: 0 16px; box-sizing: border-box; background: #1b2733; color: #fff; font-size: 18px;`
  document.body.append(bar)
}
