import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import should from 'should'
import { launchBrowser, needsBrowser } from '../editor/browser'
import { logIn, publish, simulatorFor } from './enos-client'

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

describe("The simulator's page in a browser", function () {
  needsBrowser(this)
  let browser: Browser
  let page: Page
  const problems: string[] = []
  const simulator = simulatorFor()
  before(async () => {
    browser = await launchBrowser()
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    page.on('pageerror', ({ message }) => problems.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
  })
  after(() => browser?.close())
  beforeEach(async () => {
    await page.goto(`${simulator.current().url}/`)
  })
  afterEach(async () => {
    await page.goto('about:blank')
    should(problems.splice(0)).eql([])
  })

  const post = async (measurepoints: object) => {
    const { url } = simulator.current()
    await publish(url, await logIn(url), 'thing/measurepoint/post', { measurepoints })
  }

  it('shows what comes in without being loaded anew, and runs nothing that a message brings', async () => {
    await page.getByText('No values yet.').waitFor()
    await post({ temperature: 12.5, text: '<img src=x onerror="document.title = 1">' })
    await page.getByText('12.5', { exact: true }).waitFor()
    await page.getByText('<img src=x onerror="document.title = 1">').waitFor()
    should(await page.locator('.plot polyline').count()).equal(1)
    should(await page.title()).equal('Cloud simulator')
  })

  it('turns faults on and off by mouse and keyboard, and keeps the focus while figures change', async () => {
    const cut = page.getByRole('switch', { name: 'The line is cut' })
    await cut.focus()
    await page.keyboard.press('Space')
    await page.locator('#fault-reset[checked]').waitFor()
    should(simulator.current().faults()).eql([{ kind: 'reset', hits: 0 }])
    await should(post({ temperature: 1 })).be.rejected()
    await page.getByText('struck: 1').waitFor()
    should(await cut.evaluate((element) => element === document.activeElement)).equal(true)
    await cut.click()
    await page.locator('#fault-reset:not([checked])').waitFor()
    should(simulator.current().faults()).eql([])
    simulator.current().setFaults([{ kind: 'slow', path: '/nowhere', times: 2 }])
    await page.getByRole('button', { name: 'End all faults' }).click()
    await page.getByRole('button', { name: 'End all faults' }).waitFor({ state: 'detached' })
    should(simulator.current().faults()).eql([])
  })

  it('says when the simulator is gone', async () => {
    await page.route('**/_simulator/page', (route) => route.abort())
    await page.getByText('The simulator does not answer any more.').waitFor()
    await page.unroute('**/_simulator/page')
    await page.locator('.gone:empty').waitFor({ state: 'attached' })
    // What the browser says of a request that failed.
    problems.length = 0
  })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1200, 340])
      it(`is ${colorScheme} and ${width} px wide without anything cut off, and can be read`, async () => {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 800 })
        await post({ temperature: 1, ['long'.repeat(40)]: 'long'.repeat(40) })
        await page.getByText('longlong').first().waitFor()
        const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
        should(widths).eql([width, width])
        // The page's policy lets in no script tag; what the browser's tools run is none.
        await page.evaluate(axe)
        // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
        const { violations }: AxeResults = await page.evaluate(() => (globalThis as any).axe.run())
        should(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).eql([])
      })
})
