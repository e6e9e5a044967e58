import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { launchBrowser } from '../editor/browser'
import { openEditor } from '../editor/editor'
import { demoCredentials as enosCredentials } from '../nodes/enos'
import { demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { freePort } from '../ports'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'

interface SavedNode {
  id: string
  type: string
  name?: string
}

interface EditorNode extends SavedNode {
  valid?: boolean
  settingsVersion?: number
  _def?: { defaults: { settingsVersion: { value: number } } }
}

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
const types = Object.keys(manifest['node-red'].nodes)
const configurationTypes = ['enos-app', 'enos-device', 'thingplus-client', 'cloud-outbox']
const releases = readdirSync(join(__dirname, 'flows')).map((file) => file.slice(0, -'.json'.length))
/** Buttons of the saved flows that make every node work, in this order. */
const buttons = [
  ['values of now', 'serial number and power', 'too hot', 'model of a fan', 'search'],
  ['create', 'token', 'start', 'my site', 'machine', 'look'],
].flat()
/** Saved flows hold no secrets; these are the simulator's. */
const credentials: Record<string, object> = {
  'enos-app': enosCredentials.app,
  'enos-device': enosCredentials.device,
  'thingplus-client': thingplusCredentials.client,
}

for (const release of releases) {
  describe(`A flow that was saved with release ${release}`, function () {
    this.timeout(patienceMs)
    let installed: InstalledPackage
    let nodeRed: NodeRed
    let browser: Browser
    const saved = readFileSync(join(__dirname, 'flows', `${release}.json`), 'utf8')
    let nodes: SavedNode[]
    before(async () => {
      installed = await installPackedPackage()
      nodeRed = await startNodeRed(installed.userDir)
      nodes = JSON.parse(saved.replaceAll(/188[12]/g, String(await freePort())))
      await nodeRed.deploy(nodes.map((node) => ({ ...node, credentials: credentials[node.type] })))
    })
    after(async () => {
      await browser?.close()
      await nodeRed?.stop()
      installed?.remove()
    })

    it('has every node', () => should(types.filter((type) => !nodes.some((node) => node.type === type))).be.empty())

    it('works: each node turns green', async () => {
      const isGreen = (status: unknown) => (status as { fill?: string })?.fill === 'green'
      for (const button of buttons) {
        const injects = nodes.filter(({ type, name }) => type === 'inject' && name === button)
        should(injects).not.be.empty()
        for (const { id } of injects) await nodeRed.press(id)
      }
      for (const type of types.filter((type) => !configurationTypes.includes(type) && type !== 'cloud-simulator')) {
        const ofType = nodes.filter((node) => node.type === type)
        await Promise.any(ofType.map(({ id }) => nodeRed.editor.until(`status/${id}`, isGreen))).catch((failure) => {
          throw new Error(`No ${type} turned green`, { cause: failure })
        })
      }
    })

    it('is brought up to date by the editor that loads it', async () => {
      browser = await launchBrowser()
      const { page, errors } = await openEditor(browser, nodeRed.url)
      await page.waitForFunction((ours) => {
        const all: EditorNode[] = []
        const { RED } = globalThis as unknown as { RED: { nodes: Record<string, (add: (n: never) => void) => void> } }
        for (const each of ['eachNode', 'eachConfig']) RED.nodes[each]?.((node) => all.push(node))
        const mine = all.filter(({ type }) => ours.includes(type))
        return (
          mine.length > 0 &&
          mine.every(({ settingsVersion, _def }) => settingsVersion === _def?.defaults.settingsVersion.value)
        )
      }, types)
      const invalid = await page.evaluate((ours) => {
        const found: string[] = []
        const { RED } = globalThis as unknown as { RED: { nodes: { eachNode(visit: (n: EditorNode) => void): void } } }
        RED.nodes.eachNode(({ type, valid }) => {
          if (ours.includes(type) && !valid) found.push(type)
        })
        return found
      }, types)
      should(invalid).be.empty()
      should(errors).be.empty()
    })
  })
}
