import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { shownValue } from '../runtime/editor-messages'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { openEditor } from './editor'

const locales = join(packageRoot, 'nodes', 'locales')
const languages = readdirSync(locales)

describe('A Node-RED that runs in German', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    nodeRed = await startNodeRed(installed.userDir, { lang: 'de' })
    const credentials: Record<string, object> = demoCredentials
    const onTab = { z: 'tab', x: 100, y: 100 }
    const inject = (id: string, payload: string) => ({
      ...onTab,
      id,
      type: 'inject',
      props: [{ p: 'payload', v: payload, vt: 'json' }],
      wires: [['post']],
    })
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...configurations(simulator.url).map((node) => ({ ...node, credentials: credentials[node.id] })),
      inject('good', '{ "temp": 21.5, "power": 12 }'),
      inject('bad', '7'),
      { ...onTab, id: 'post', type: 'enos-post-measurepoint', channel: 'device', device: 'device', wires: [[]] },
      { ...onTab, id: 'catch', type: 'catch', scope: ['post'], wires: [['debug']] },
      { ...onTab, id: 'debug', type: 'debug', active: true, tosidebar: true, complete: 'error.message' },
    ])
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const showsText = (text: string) =>
    nodeRed.editor.until('status/post', (status) => (status as { text?: string })?.text === text)
  const test = async (values: object, language?: string) => {
    const answer = await fetch(`${nodeRed.url}/edgecourier/test/enos-app`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(language ? { 'accept-language': language } : {}) },
      body: JSON.stringify({ id: 'new', values }),
    })
    return (await answer.json()) as { message?: string; findings?: { ok?: boolean; text: string }[] }
  }
  const form = () => {
    const [app] = configurations(simulator.url)
    return { ...app, ...demoCredentials.app }
  }

  it('shows what was sent, and what went wrong, in German on the node', async () => {
    await nodeRed.press('good')
    await showsText('2 Messpunkte')
    await nodeRed.press('bad')
    await showsText('Nachricht ungültig')
  })

  it('hands a German error to Catch nodes', async () => {
    const shown = await nodeRed.editor.debugMessages(1, () => nodeRed.press('bad'))
    const message = shown.get('debug')
    should(message && shownValue(message)).match(/^Die Nachricht ist ein einzelner Wert ohne Messpunkt\./)
  })

  it('tells the findings of a connection test in German, unless the editor speaks another language', async () => {
    const german = await test(form())
    should(german.findings?.[2]?.text).match(/^App Key und App Secret sind gut; das Token gilt noch \d+ min\.$/)
    const austrian = await test({ ...form(), appSecret: 'wrong' }, 'de-AT,de;q=0.9,en;q=0.8')
    should(austrian.findings).matchAny({ ok: false, text: /Das App Secret ist falsch/ })
    should(austrian.findings).matchAny({ text: /^Integrations-URL: / })
    const english = await test(form(), 'en-GB')
    should(english.findings?.[2]?.text).match(/^App key and app secret are correct/)
    const unknown = await test(form(), 'tlh')
    should(unknown.findings?.[2]?.text).match(/^App Key/)
  })

  for (const language of languages) {
    it(`shows dialogs and findings in the language of the editor, ${language}`, async () => {
      const words = JSON.parse(readFileSync(join(locales, language, 'edgecourier.json'), 'utf8'))
      const editor = await openEditor(browser, nodeRed.url, { language })
      await editor.edit('device', 'enos-device')
      const dialog = editor.page.locator('.red-ui-tray .edgecourier').last()
      should(await dialog.innerText()).containEql(words.label.productKey)
      await editor.page.click(`text=${words.test.button}`)
      await editor.page.waitForSelector('.edgecourier-findings .good')
      const findings = await editor.page.locator('.edgecourier-findings li').allInnerTexts()
      should(findings).have.length(3)
      should(findings.at(-1)).containEql('dK987654')
      should(findings.at(-1) === 'Device dK987654 is logged in.').equal(language === 'en-US')
      await editor.cancel()
      await editor.edit('post')
      should(await dialog.innerText()).containEql(words.label.valuesFrom)
      should(await dialog.innerText()).not.match(/label\.|edgecourier:|undefined/)
      await editor.cancel()
      should(editor.errors).be.empty()
    })
  }

  it('shows statuses in the editor’s language, earlier ones too, while flows get the German ones', async () => {
    await nodeRed.press('good')
    await showsText('2 Messpunkte')
    const editor = await openEditor(browser, nodeRed.url, { language: 'ja' })
    await editor.untilStatus('測定点 2 件')
    await nodeRed.press('bad')
    await editor.untilStatus(
      JSON.parse(readFileSync(join(locales, 'ja', 'edgecourier.json'), 'utf8')).status.INPUT_INVALID,
    )
    await showsText('Nachricht ungültig')
    should(editor.errors).be.empty()
  })

  it('refuses a form in German', async () => {
    should((await test({ ...form(), appKey: '' })).message).equal(
      'Die Konfiguration enos-app ist unvollständig. Bitte ausfüllen: App Key.',
    )
  })
})
