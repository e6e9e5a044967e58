import type { Browser, Page } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { demoCredentials } from '../nodes/enos'
import { Users, user } from '../runtime/log-in'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { openEditor } from './editor'
import { dialogs, everyNode } from './every-node'

/** Secrets that stand nowhere else, such as in the simulator's help. */
const secrets = {
  device: { deviceSecret: 'mark-of-the-device' },
  client: { clientSecret: 'mark-of-the-client', password: 'mark-of-the-user' },
}

/** Node-RED's editor asks for its settings first, to learn that it has to log in. */
const isNotBeforeLogin = (error: string) => !/401/.test(error)

describe('The editor under /admin, with users who log in', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let users: Users
  let browser: Browser
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    const adminAuth = { type: 'credentials', users: [user('operator', '*'), user('onlooker', 'read')] }
    nodeRed = await startNodeRed(installed.userDir, { adminAuth, httpAdminRoot: '/admin' })
    users = new Users(nodeRed.url)
    const nodes = await everyNode(simulator.url, { app: demoCredentials.app, ...secrets })
    should((await users.ask('/flows', 'operator', { method: 'POST', body: JSON.stringify(nodes) })).ok).be.true()
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const logIn = (name: string) => async (page: Page) => {
    await page.fill('#node-dialog-login-username', name)
    await page.fill('#node-dialog-login-password', name)
    await page.click('#node-dialog-login-submit')
  }

  it('tries a connection and lists choices for a user who may deploy', async () => {
    const editor = await openEditor(browser, nodeRed.url, { logIn: logIn('operator') })
    await editor.edit('app', 'enos-app')
    await editor.page.click('.edgecourier-test button')
    await editor.page.waitForSelector('.edgecourier-findings .good')
    await editor.cancel()
    should(editor.errors.filter(isNotBeforeLogin)).be.empty()
  })

  it('shows a user who may only read every dialog, no secret, and lets nothing be changed or sent', async () => {
    const before = await (await users.ask('/flows', 'operator')).text()
    const editor = await openEditor(browser, nodeRed.url, { logIn: logIn('onlooker') })
    const requests = simulator.state().requests
    for (const { edit } of dialogs) {
      await editor.edit(...edit)
      const html = await editor.page.content()
      should(html.includes('mark-of-the')).be.false()
      const test = editor.page.locator('.edgecourier-test button').first()
      if ((await test.count()) > 0) {
        await test.click()
        await editor.page.waitForSelector('.edgecourier-findings .bad')
      }
      await editor.cancel()
    }
    should(simulator.state().requests).equal(requests)
    should(await (await users.ask('/flows', 'operator')).text()).equal(before)
    should(editor.errors.filter(isNotBeforeLogin)).be.empty()
  })
})
