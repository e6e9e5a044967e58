import should from 'should'
import { swappedHost } from '../../lib/enos/hosts'
import { demoCredentials } from '../nodes/enos'
import { demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { filesUnder, read } from '../texts/links'
import { needsBrowser } from './browser'
import { type DialogScene, openDialogScene } from './dialog-scene'
import type { Editor } from './editor'
import { dialogs } from './every-node'

interface NodeType {
  defaults: Record<'integrationUrl', { validate(this: object, value: string, options: object): true | string }>
}

describe('The dialogs in a browser', function () {
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

  it('try the connection with what the form holds, and say what is good and what is not', async () => {
    await editor.edit('app', 'enos-app')
    const test = editor.page.locator('.edgecourier-test button').first()
    const findings = editor.page.locator('.edgecourier-findings li')
    await test.click()
    await editor.page.waitForSelector('.edgecourier-findings .good')
    const found = await findings.allInnerTexts()
    for (const label of ['Gateway URL', 'Integration URL', 'Model-upload URL'])
      should(found.filter((text) => text.startsWith(`${label}: `))).have.length(1)
    await editor.page.fill('#node-config-input-appSecret', 'wrong')
    await test.click()
    await editor.page.waitForSelector('.edgecourier-findings .bad')
    should(await findings.allInnerTexts()).matchAny(/secret is wrong/)
  })

  it('forget what was found when a field is changed, what is still being found too', async () => {
    await editor.edit('app', 'enos-app')
    const { page } = editor
    await page.click('.edgecourier-test button')
    await page.waitForSelector('.edgecourier-findings .good')
    await page.type('#node-config-input-orgId', 'x')
    should(await page.locator('.edgecourier-findings li').count()).equal(0)
    const isAnswered = page.waitForResponse(/edgecourier\/test\/enos-app/)
    await page.click('.edgecourier-test button')
    await page.type('#node-config-input-orgId', 'y')
    await isAnswered
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    should(await page.locator('.edgecourier-findings li').count()).equal(0)
    should(await page.locator('.edgecourier-test button').first().isEnabled()).be.true()
  })

  const hosts = [
    'https://apim-eu.example',
    'https://iot-http-eu.example',
    'https://iot-http-integration-eu.example/',
    'https://ag-eu.example',
    'https://mqtt-eu.example:18883',
    'https://portal-eu.example/dm-bff/rest/model/batchImportModels',
    'http://127.0.0.1:8080/connect-service/v2.1/integration',
    'http://127.0.0.1:8080/apim-token-service/v2.0/token/get',
    'http://127.0.0.1:8080/topic/sys/a/b',
    'https://enos.customer.example',
    'https://apimania.example',
    'https://mqttbridge.example',
    'http://127.0.0.1:8080/asset-service/v2.1/assets',
  ]
  it('name the host that was taken for another beside its field, as the connection test does', async () => {
    await editor.edit('app', 'enos-app')
    const { page } = editor
    const title = page.locator('#node-config-input-integrationUrl')
    const reasons: (string | undefined)[] = []
    for (const host of hosts) {
      await title.fill(host)
      await title.dispatchEvent('change')
      const isWrong = await title.evaluate((field) => field.classList.contains('input-error'))
      should(isWrong).equal(swappedHost(host, 'integration') !== undefined, host)
      reasons.push(
        await page.evaluate((url) => {
          const { RED } = globalThis as unknown as { RED: { nodes: { getType(type: string): NodeType } } }
          const reason = RED.nodes.getType('enos-app').defaults.integrationUrl.validate.call({}, url, {})
          return reason === true ? undefined : String(reason)
        }, host),
      )
    }
    should(reasons.slice(0, 3)).deepEqual([
      'names the API gateway (apim-…, ag-…); enter the URL of the HTTP integration host (iot-http-integration-…)',
      'names the HTTP broker (iot-http-…); enter the URL of the HTTP integration host (iot-http-integration-…)',
      undefined,
    ])
  })

  it('show only the rows that the chosen channel needs', async () => {
    await editor.edit('enos-post-measurepoint')
    const row = (name: string) =>
      editor.page.locator(`#node-input-${name}`).locator('xpath=ancestor::div[contains(@class,"form-row")]')
    should(await row('device').isVisible()).be.true()
    should(await row('assetId').isVisible()).be.false()
    await editor.page.selectOption('#node-input-channel', 'integration')
    should(await row('device').isVisible()).be.false()
    should(await row('assetId').isVisible()).be.true()
  })

  it('show the defaults with which a node works of what it does not store', async () => {
    const { page } = editor
    await editor.edit('outbox', 'cloud-outbox')
    should(await page.inputValue('#node-config-input-whenDeadFull')).equal('keep')
    await editor.cancel()
    await editor.edit('thingplus-send-status')
    should(await page.isChecked('#node-input-keepAlive')).be.true()
    should(await page.inputValue('#node-input-statusValue')).equal('on')
    should(await page.inputValue('#node-input-statusValueType')).equal('str')
  })

  it('have a help whose code fits into the sidebar', async () => {
    const { page } = editor
    for (const { type } of dialogs) {
      await page.evaluate((shown) => {
        const { RED } = globalThis as unknown as { RED: { sidebar: { help: { show(type: string): void } } } }
        RED.sidebar.help.show(shown)
      }, type)
      const code = page.locator('.edgecourier-code')
      await code.first().waitFor({ state: 'attached' })
      const wide = await code.evaluateAll((all) =>
        all
          .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth)
          .map(({ textContent }) => textContent),
      )
      should(wide).be.empty()
    }
  })

  it('stand beside examples whose explanations fit into the sidebar, with all of their code', async () => {
    const nodes = filesUnder('examples', '.json').flatMap((file) => JSON.parse(read(file)) as { info?: string }[])
    const explanations = nodes.flatMap(({ info }) => info || [])
    should(explanations.length).be.above(40)
    const { codes, wide } = await editor.page.evaluate((texts) => {
      const { RED } = globalThis as unknown as {
        RED: {
          sidebar: { help: { set(html: string, title: string): void } }
          utils: { renderMarkdown(markdown: string): string }
        }
      }
      const found = texts.flatMap((markdown) => {
        RED.sidebar.help.set(RED.utils.renderMarkdown(markdown), 'an example')
        return [...document.querySelectorAll('.red-ui-help :is(code, pre)')].map((element) => ({
          code: element.textContent,
          isWide: element.getBoundingClientRect().right > document.documentElement.clientWidth - 8,
        }))
      })
      return { codes: found.length, wide: found.filter(({ isWide }) => isWide).map(({ code }) => code) }
    }, explanations)
    should(codes).be.above(5)
    should(wide).be.empty()
  })
})
