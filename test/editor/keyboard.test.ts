import should from 'should'
import { needsBrowser } from './browser'
import { type DialogScene, openDialogScene } from './dialog-scene'
import type { Editor } from './editor'
import { dialogs } from './every-node'
import { fillByKeyboard, isTyped, shownFields, unreached } from './keyboard'

describe('The keyboard alone', function () {
  needsBrowser(this)
  let scene: DialogScene
  let editor: Editor
  before(async () => {
    scene = await openDialogScene({})
    editor = scene.editor
    editor.page.setDefaultTimeout(5_000)
  })
  after(() => scene?.close())
  afterEach(async () => {
    await editor.cancelAll()
    should(editor.errors.splice(0)).be.empty()
  })

  for (const { type, edit } of dialogs) {
    it(`reaches and fills every field of ${type}, and its dialog keeps what was filled in`, async () => {
      await editor.edit(...edit)
      await fillByKeyboard(editor.page)
      should(await unreached(editor.page)).be.empty()
      const filled = await shownFields(editor.page)
      should(filled).not.be.empty()
      should(filled.filter((field) => field.kind === 'text' && !isTyped(field))).be.empty()
      await editor.page.keyboard.press('Control+Enter')
      await editor.page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 0)
      await editor.edit(...edit)
      should(await shownFields(editor.page)).deepEqual(filled)
      await editor.cancel()
    })
  }

  it('adds a configuration from the dialog that needs it, and comes back', async () => {
    const { page } = editor
    await editor.edit('thingplus-auth')
    await page.focus('#node-input-client')
    for (const _ of ['edit', 'add']) await page.keyboard.press('Tab')
    should(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).match(/^Add new Client/)
    await page.keyboard.press('Enter')
    await page.waitForSelector('#node-config-input-baseUrl')
    // The last that an opening dialog does is to take the focus.
    await page.waitForFunction(() =>
      document.activeElement?.closest('.red-ui-tray')?.querySelector('#node-config-input-baseUrl'),
    )
    await page.focus('#node-config-input-name')
    await page.keyboard.type('of the plant')
    await page.keyboard.press('Control+Enter')
    await page.waitForFunction(() => document.querySelectorAll('.red-ui-tray').length === 1)
    should(await page.locator('#node-input-client option:checked').innerText()).equal('of the plant')
  })
})
