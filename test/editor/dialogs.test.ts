import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { demoCredentials } from '../nodes/enos'
import { demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser } from './browser'
import { type Editor, openEditor } from './editor'
import { dialogs, everyNode } from './every-node'

describe('The dialogs in a browser', function () {
  this.timeout(180_000)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy(await everyNode(simulator.url, { ...demoCredentials, ...thingplusCredentials }))
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })
  afterEach(async () => {
    await editor.cancelAll()
    should(editor.errors.splice(0)).be.empty()
  })

  for (const { type, edit } of dialogs) {
    it(`of ${type} opens without an error, is translated, each label names a field, and a narrow tray cuts nothing off`, async () => {
      await editor.edit(...edit)
      const dialog = editor.page.locator('.red-ui-tray .edgecourier').last()
      const text = await dialog.innerText()
      should(text).not.match(/label\.|edgecourier:|undefined/)
      const orphans = await dialog
        .locator('label[for]')
        .evaluateAll((labels) =>
          labels.map((label) => (label as HTMLLabelElement).htmlFor).filter((field) => !document.getElementById(field)),
        )
      should(orphans).be.empty()
      await editor.narrow(330)
      const narrow = await dialog.evaluate((element) => {
        const right = element.getBoundingClientRect().right
        const fields = [...element.querySelectorAll<HTMLElement>('input, select, button, a')].filter(
          (field) => field.offsetParent,
        )
        return fields
          .filter(
            (field) =>
              field.getBoundingClientRect().right > right + 1 || (field.matches('select') && field.offsetWidth < 80),
          )
          .map((field) => field.outerHTML.slice(0, 120))
      })
      should(narrow).be.empty()
    })
  }

  it('try the connection with what the form holds, and say what is good and what is not', async () => {
    await editor.edit('app', 'enos-app')
    const test = editor.page.locator('.edgecourier-test button')
    const findings = editor.page.locator('.edgecourier-findings li')
    await test.click()
    await editor.page.waitForSelector('.edgecourier-findings .good')
    should(await findings.allInnerTexts()).have.length(4)
    await editor.page.fill('#node-config-input-appSecret', 'wrong')
    await test.click()
    await editor.page.waitForSelector('.edgecourier-findings .bad')
    should((await findings.allInnerTexts()).at(-1)).match(/secret is wrong/)
  })

  it('show only the rows that the chosen channel needs', async () => {
    await editor.edit('enos-post-measurepoint')
    const row = (name: string) =>
      editor.page.locator(`#node-input-${name}`).locator('xpath=ancestor::div[contains(@class,"form-row")]')
    should(await row('device').isVisible()).be.true()
    should(await row('app').isVisible()).be.false()
    await editor.page.selectOption('#node-input-channel', 'integration')
    should(await row('device').isVisible()).be.false()
    should(await row('app').isVisible()).be.true()
  })
})
