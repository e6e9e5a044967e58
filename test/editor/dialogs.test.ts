import should from 'should'
import { demoCredentials } from '../nodes/enos'
import { demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { type DialogScene, openDialogScene } from './dialog-scene'
import type { Editor } from './editor'
import { dialogs } from './every-node'

describe('The dialogs in a browser', function () {
  this.timeout(180_000)
  let scene: DialogScene
  let editor: Editor
  before(async () => {
    scene = await openDialogScene({ ...demoCredentials, ...thingplusCredentials })
    editor = scene.editor
  })
  after(() => scene?.close())
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
