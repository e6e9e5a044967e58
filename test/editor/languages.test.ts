import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { shownValue } from '../runtime/editor-messages'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser } from './browser'
import { openEditor } from './editor'

describe('A Node-RED that runs in German', function () {
  this.timeout(120_000)
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
    return (await answer.json()) as { message?: string; findings?: { ok: boolean; text: string }[] }
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
    should(message && shownValue(message)).match(/^Nachricht: ein Wert vom Typ number statt eines Satzes von Werten\./)
  })

  it('tells the findings of a connection test in German, unless the editor speaks another language', async () => {
    const german = await test(form())
    should(german.findings?.[2]?.text).match(/^App Key und App Secret sind gut; das Token gilt noch \d+ min\.$/)
    const austrian = await test({ ...form(), appSecret: 'wrong' }, 'de-AT,de;q=0.9,en;q=0.8')
    should(austrian.findings?.at(-1)).match({ ok: false, text: /Das App Secret ist falsch/ })
    const english = await test(form(), 'en-GB')
    should(english.findings?.[2]?.text).match(/^The application key and secret are good/)
    const unknown = await test(form(), 'tlh')
    should(unknown.findings?.[2]?.text).match(/^App Key/)
  })

  for (const [language, button, finding] of [
    ['de', 'Verbindung testen', /^Das Gerät dK987654 ist angemeldet\.$/],
    ['en-US', 'Test connection', /^Device dK987654 is logged in\.$/],
  ] as const) {
    it(`shows dialogs and findings in the language of the editor, ${language}`, async () => {
      const editor = await openEditor(browser, nodeRed.url, language)
      await editor.edit('device', 'enos-device')
      await editor.page.click(`text=${button}`)
      await editor.page.waitForSelector('.edgecourier-findings .good')
      should((await editor.page.locator('.edgecourier-findings li').allInnerTexts()).at(-1)).match(finding)
      await editor.cancel()
      should(editor.errors).be.empty()
      await editor.page.close()
    })
  }

  it('refuses a form in German', async () => {
    should((await test({ ...form(), appKey: '' })).message).equal(
      'Konfiguration enos-app: appKey fehlt. Sie öffnen und es eintragen.',
    )
  })
})
