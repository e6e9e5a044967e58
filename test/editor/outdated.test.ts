import { EventEmitter, once } from 'node:events'
import type { Browser } from 'playwright-core'
import should from 'should'
import { latestVersion, migrationsOf } from '../../lib/settings'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

interface EditorNode {
  name?: string | undefined
  settingsVersion?: number | undefined
  valuesFrom?: string | undefined
}

interface EditorWindow {
  RED: {
    nodes: { import(nodes: object[]): void; node(id: string): EditorNode }
    workspaces: { show(id: string): void }
    actions: { invoke(name: string): void }
  }
}

const latest = latestVersion(migrationsOf('enos-post-measurepoint'))
const post = { type: 'enos-post-measurepoint', name: 'as it came', channel: 'device', x: 320, y: 80, wires: [[]] }

describe('Nodes of an older flow, which Node-RED brings up to date for the editor', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'plant' }])
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    installed?.remove()
  })
  afterEach(() => should(editor.errors.splice(0)).be.empty())

  const importNodes = (nodes: object[]) =>
    editor.page.evaluate((wanted) => (globalThis as unknown as EditorWindow).RED.nodes.import(wanted), nodes)
  const editorNode = (id: string) =>
    editor.page.evaluate((wanted): EditorNode => {
      const { name, settingsVersion, valuesFrom } = (globalThis as unknown as EditorWindow).RED.nodes.node(wanted)
      return { name, settingsVersion, valuesFrom }
    }, id)
  const upToDate = async (id: string) => {
    await editor.page.waitForFunction(
      ([wanted, version]) =>
        (globalThis as unknown as EditorWindow).RED.nodes.node(String(wanted)).settingsVersion === version,
      [id, latest],
    )
    return editorNode(id)
  }

  it('keep what their user changes meanwhile', async () => {
    const { page } = editor
    const moments = new EventEmitter()
    const [isAsked, isChanged] = ['asked', 'changed'].map((moment) => once(moments, moment))
    await page.route(/edgecourier\/settings\//, async (route) => {
      const response = await route.fetch()
      moments.emit('asked')
      await isChanged
      await route.fulfill({ response })
    })
    await importNodes([{ ...post, id: 'edited', z: 'tab' }])
    await isAsked
    await editor.edit('edited')
    await page.fill('#node-input-name', 'as I call it')
    await editor.done()
    moments.emit('changed')
    should(await upToDate('edited')).deepEqual({ name: 'as I call it', settingsVersion: latest, valuesFrom: 'message' })
    await page.unroute(/edgecourier\/settings\//)
  })

  it('stay as they are on a locked tab until it is unlocked, and are no hindrance to the others', async () => {
    await importNodes([
      { id: 'locked-tab', type: 'tab', label: 'locked', locked: true },
      { ...post, id: 'locked', z: 'locked-tab' },
      { ...post, id: 'free', z: 'tab' },
    ])
    await upToDate('free')
    should((await editorNode('locked')).settingsVersion).be.undefined()
    await editor.page.evaluate(() => {
      const { workspaces, actions } = (globalThis as unknown as EditorWindow).RED
      workspaces.show('locked-tab')
      actions.invoke('core:unlock-flow')
    })
    should(await upToDate('locked')).deepEqual({ name: 'as it came', settingsVersion: latest, valuesFrom: 'message' })
  })
})
