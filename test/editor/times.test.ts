import should from 'should'
import { formatName } from '../../lib/message'
import { demoCredentials } from '../nodes/enos'
import { demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { needsBrowser } from './browser'
import { type DialogScene, openDialogScene } from './dialog-scene'
import type { Editor } from './editor'

describe('How times are written, in the dialogs', function () {
  needsBrowser(this)
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

  const field = (name: string) => editor.page.locator(`#node-input-${name}`)
  const isWrong = (name: string) => field(name).evaluate((input) => input.classList.contains('input-error'))

  for (const type of ['enos-post-measurepoint', 'enos-post-event', 'thingplus-send-value']) {
    it(`is chosen in ${type}, which keeps it, and shows only what the format needs`, async () => {
      await editor.edit(type)
      should(await field('timeFormat').inputValue()).equal('auto')
      should(await field('aheadHours').getAttribute('placeholder')).equal('24')
      should(await field('timeZone').isVisible()).be.true()
      should(await field('timePattern').isVisible()).be.false()
      await field('timeFormat').selectOption('s')
      should(await field('timeZone').isVisible()).be.false()
      await field('timeFormat').selectOption('pattern')
      await field('timePattern').fill('DD.MM.YYYY HH:mm')
      await field('timeZone').fill('Europe/Berlin')
      await field('aheadHours').fill('2')
      await editor.done()
      await editor.edit(type)
      should(await field('timeFormat').inputValue()).equal('pattern')
      should(await field('timePattern').inputValue()).equal('DD.MM.YYYY HH:mm')
      should(await field('timeZone').inputValue()).equal('Europe/Berlin')
      should(await field('aheadHours').inputValue()).equal('2')
    })
  }

  it('marks a zone, a pattern and hours that there are not', async () => {
    await editor.edit('enos-post-event')
    await field('timeFormat').selectOption('pattern')
    await editor.done()
    await editor.edit('enos-post-event')
    for (const [name, wrong, right] of [
      ['timeZone', 'CST', 'Asia/Seoul'],
      ['timeZone', 'Mars/Olympus', '+09:00'],
      ['timeZone', '+99:00', 'UTC'],
      ['timePattern', 'HH:mm', 'D.M.YY'],
      ['timePattern', 'YYYY-MM-DD week', "YYYY-MM-DD 'week'"],
      ['aheadHours', '-1', '0.5'],
    ] as const) {
      await field(name).fill(wrong)
      await field(name).dispatchEvent('change')
      should(await isWrong(name)).be.true(`${name} ${wrong}`)
      await field(name).fill(right)
      await field(name).dispatchEvent('change')
      should(await isWrong(name)).be.false(`${name} ${right}`)
    }
  })

  it('has the names that errors give the formats', async () => {
    await editor.edit('enos-post-event')
    const options = await field('timeFormat')
      .locator('option')
      .evaluateAll((all) => all.map((option) => [(option as HTMLOptionElement).value, option.textContent]))
    Object.fromEntries(options).should.deepEqual(
      Object.fromEntries(Object.entries(formatName).map(([format, name]) => [format, String(name)])),
    )
  })

  it('is chosen for the range of a Thing+ series too, which may lie ahead', async () => {
    await editor.edit('thingplus-get')
    should(await field('timeFormat').isVisible()).be.false()
    await field('resource').selectOption('series')
    should(await field('timeFormat').isVisible()).be.true()
    should(await field('timeZone').isVisible()).be.true()
    should(await field('aheadHours').count()).equal(0)
  })
})
