import { launchBrowser } from './test/editor/browser'
async function main() {
  const browser = await launchBrowser()
  const page = await (await browser.newContext({ viewport: { width: 1300, height: 1150 }, locale: 'en' })).newPage()
  await page.goto('http://127.0.0.1:2880/')
  await page.waitForSelector('.red-ui-flow-node')
  await page.waitForTimeout(3000)
  await page.screenshot({ path: '/tmp/sim-ed1.png' })
  await page.evaluate(`RED.workspaces.show('demo-tp')`)
  await page.waitForTimeout(2500)
  await page.screenshot({ path: '/tmp/sim-ed2.png' })
  await page.goto('http://127.0.0.1:2881/')
  await page.waitForTimeout(1500)
  await page.screenshot({ path: '/tmp/sim-page.png', fullPage: true })
  await browser.close()
}
main()
