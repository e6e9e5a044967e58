import type { Locator } from 'playwright-core'
import should from 'should'
import { demoCredentials } from '../nodes/enos'
import { demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { needsBrowser } from './browser'
import { type DialogScene, openDialogScene } from './dialog-scene'
import type { Editor } from './editor'
import { Person } from './person'

describe('Pasting in the dialogs', function () {
  needsBrowser(this)
  let scene: DialogScene
  let editor: Editor
  let person: Person
  before(async () => {
    scene = await openDialogScene({ ...demoCredentials, ...thingplusCredentials })
    editor = scene.editor
    person = new Person(editor.page)
  })
  after(() => scene?.close())
  afterEach(async () => {
    await editor.cancelAll()
    should(editor.errors.splice(0)).be.empty()
  })

  const field = (name: string) => editor.page.locator(`#node-config-input-${name}`)
  const button = (name: string | RegExp) => editor.page.getByRole('button', { name })
  const panel = () => editor.page.getByRole('group', { name: 'What was pasted' })
  const lines = async () =>
    (await panel().locator('.edgecourier-pasted-value').allInnerTexts()).map((line) => line.trim())
  const goesTo = (value: string | RegExp): Locator => panel().getByRole('combobox', { name: value })
  const valuesOf = async (...names: string[]) => Promise.all(names.map((name) => field(name).inputValue()))

  it('shows where each value goes before it is there, and nothing of a secret', async () => {
    await editor.edit('device', 'enos-device')
    const before = await valuesOf('brokerUrl', 'productKey', 'deviceKey')
    await person.paste('#node-config-input-brokerUrl', 'https://iot-http-x.de\tpK222222\tdK222222\tds-secret-2\t60000')
    should(await lines()).deepEqual(['https://iot-http-x.de', 'p…2', 'd…2', '••••••••', '60000'])
    should(await panel().innerText()).not.match(/ds-secret/)
    should(await valuesOf('brokerUrl', 'productKey', 'deviceKey')).deepEqual(before)
    await button('Take over 5').press('Enter')
    const names = ['brokerUrl', 'productKey', 'deviceKey', 'deviceSecret', 'lifetimeMs']
    should(await valuesOf(...names)).deepEqual([
      'https://iot-http-x.de',
      'pK222222',
      'dK222222',
      'ds-secret-2',
      '60000',
    ])
    should(await panel().count()).equal(0)
  })

  it('lets the person send a value elsewhere or nowhere, and change nothing at all', async () => {
    await editor.edit('device', 'enos-device')
    await person.paste('#node-config-input-productKey', 'dK333333\tpK333333')
    await goesTo(/d…3/).selectOption({ label: 'Device key' })
    should(await goesTo(/p…3|••/).inputValue()).equal('')
    await goesTo('Field for ••••••••').selectOption({ label: 'Product key' })
    await button('Take over 2').click()
    should(await valuesOf('productKey', 'deviceKey')).deepEqual(['pK333333', 'dK333333'])
    await person.paste('#node-config-input-productKey', 'a\tb')
    await editor.page.keyboard.press('Escape')
    should(await valuesOf('productKey', 'deviceKey')).deepEqual(['pK333333', 'dK333333'])
    await person.paste('#node-config-input-productKey', 'a\tb')
    await field('productKey').evaluate((input) => (input as HTMLInputElement).select())
    await button('Insert as text').click()
    should(await valuesOf('productKey', 'deviceKey')).deepEqual(['a\tb', 'dK333333'])
  })

  it('takes an .env file by a button, and a secret of another name only where secrets are', async () => {
    await editor.edit('app', 'enos-app')
    await button('Paste …').click()
    const lines = [
      'ENOS_GATEWAY_URL=https://apim-x.com',
      'ENOS_ACCESS_KEY=ak',
      'ENOS_SECRET_KEY=as',
      'DB_PASSWORD=hidden',
    ]
    await person.paste('.edgecourier-paste-field', lines.join('\n'))
    const ofPassword = goesTo('Field for DB_PASSWORD')
    should(await ofPassword.locator('option').allInnerTexts()).deepEqual(['not taken over', 'App key', 'App secret'])
    should(await panel().innerText()).not.match(/hidden/)
    await button('Take over 3').click()
    should(await valuesOf('gatewayUrl', 'appKey', 'appSecret')).deepEqual(['https://apim-x.com', 'ak', 'as'])
    await button('Paste …').click()
    await person.paste('.edgecourier-paste-field', 'COLOUR=blue')
    await editor.page.getByText('Nothing in it fits a field of this dialog.').waitFor()
  })

  it('says to which configuration the data of another account belong, and puts nothing anywhere', async () => {
    await editor.edit('device', 'enos-device')
    const before = await valuesOf('brokerUrl', 'productKey', 'deviceKey')
    await person.paste('#node-config-input-productKey', 'organisation id o-demo, app key demo-app, app secret hidden-1')
    should(await panel().innerText()).match(/organisation id, app key, app secret\. It belongs in enos-app\./)
    should(await panel().innerText()).not.match(/hidden-1|demo-app/)
    should(await button('Insert as text').count()).equal(0)
    await button('Cancel').last().click()
    should(await valuesOf('brokerUrl', 'productKey', 'deviceKey')).deepEqual(before)
  })

  it('takes no row of an account into a table, and says where it belongs', async () => {
    const { page } = editor
    await editor.edit('enos-post-measurepoint')
    await page.selectOption('#node-input-valuesFrom', 'table')
    for (const copied of ['Device secret ds-secret-3', 'Product key\tpK1\nDevice secret\tds-secret-3']) {
      await button('Add a point').click()
      await person.paste('.edgecourier-row-id >> nth=-1', copied)
      await page.getByText(/It belongs in a configuration \(enos-device\)/).waitFor()
      should(await page.locator('.edgecourier-row-id').last().inputValue()).equal('')
    }
    await button('Paste …').click()
    await person.paste('.edgecourier-paste-field', 'temperature=ns=2;s=Temp\nDEVICE_SECRET=ds-secret-3')
    await button('Import 1').waitFor()
    await page.getByText(/What stands beside temperature is not a place in a message/).waitFor()
    should(await page.locator('.edgecourier-table').innerText()).not.match(/ds-secret/)
  })

  it('lets one row of a sheet with several be chosen', async () => {
    await editor.edit('client', 'thingplus-client')
    const sheet = ['user;client id;password', 'ann;c1;p1', 'bob;c2;p2'].join('\n')
    await person.paste('#node-config-input-baseUrl', sheet)
    await panel().getByLabel('Row').selectOption('1')
    should(await lines()).deepEqual(['user: bob', 'client id: c2', 'password: ••••••••'])
    await button('Take over 3').click()
    should(await valuesOf('userName', 'clientId', 'password')).deepEqual(['bob', 'c2', 'p2'])
  })

  it('leaves a text alone that is one, with commas or equals signs', async () => {
    await editor.edit('client', 'thingplus-client')
    for (const text of ['a,b;c', 'abc==', 'KEY=value', 'https://x.com/v2'])
      for (const name of ['password', 'name', 'baseUrl']) {
        await person.paste(`#node-config-input-${name}`, text)
        should(await panel().count()).equal(0, `${name}: ${text}`)
      }
  })

  it('fills a table from a sheet with a header, or from a message', async () => {
    const { page } = editor
    await editor.edit('enos-post-measurepoint')
    await page.selectOption('#node-input-valuesFrom', 'table')
    await button('Add a point').click()
    await person.paste(
      '.edgecourier-row-id',
      'Unit\tid\tType\tValue from\n°C\ttemp\tDOUBLE\tpayload.t\nrpm\tspeed\tINT\t',
    )
    should(await page.locator('.edgecourier-import li').allInnerTexts()).match([
      /temp.*DOUBLE · °C/s,
      /speed.*INT · rpm/s,
    ])
    await button('Import 2').click()
    const ids = () =>
      page.locator('.edgecourier-row-id').evaluateAll((all) => all.map((id) => (id as HTMLInputElement).value))
    should(await ids()).deepEqual(['temp', 'speed'])
    const sourceOf = (id: string) => page.getByRole('textbox', { name: `Value of ${id} from` }).inputValue()
    should(await Promise.all(['temp', 'speed'].map(sourceOf))).deepEqual(['payload.t', 'payload.speed'])
    await button('Paste …').click()
    await person.paste('.edgecourier-paste-field', '{"payload":{"temp":21.5,"pressure":3}}')
    await button('Import 2').click()
    should(await ids()).deepEqual(['temp', 'speed', 'pressure'])
    await button('Paste …').click()
    await person.paste('.edgecourier-paste-field', '[]')
    await page.getByText(/^No ids are in it/).waitFor()
  })
})
