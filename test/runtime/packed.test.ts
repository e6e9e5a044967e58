import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { patienceMs } from '../patience'
import { isWindows, itWhere } from '../skipping'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from './packed-package'

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  name: string
  'node-red': { nodes: Record<string, string>; plugins: Record<string, string> }
}
const types = Object.keys(manifest['node-red'].nodes)

describe('The packed package in a fresh Node-RED', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  before(async () => {
    installed = await installPackedPackage()
    nodeRed = await startNodeRed(installed.userDir)
  })
  after(async () => {
    await nodeRed?.stop()
    installed?.remove()
  })

  it('holds what is built, the examples and its papers, and nothing else', () => {
    const { files } = installed
    const rooms = new Set(files.map((file) => file.split('/')[0]))
    should([...rooms].sort()).deepEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'examples',
      'package.json',
    ])
    const built = files.filter((file) => file.startsWith('dist/'))
    should(built.filter((file) => !/^dist\/(lib|nodes)\/.+(\.js|\.d\.ts|\.html|\.json|\.svg)$/.test(file))).be.empty()
    for (const node of Object.values(manifest['node-red'].nodes)) should(built).containEql(node)
    const examples = files.filter((file) => file.startsWith('examples/'))
    should(examples.filter((file) => !file.endsWith('.json'))).be.empty()
  })

  it('loads every node and the editor plugin without an error', async () => {
    const sets = (await nodeRed.json('/nodes')) as { name: string; module: string; enabled: boolean; err?: string }[]
    const ours = sets.filter(({ module }) => module === manifest.name)
    should(ours.map(({ name }) => name)).deepEqual(types)
    for (const { name, enabled, err } of ours) should({ name, enabled, err }).deepEqual({ name, enabled: true, err })
    should(ours.filter(({ err }) => err)).be.empty()
    should(await nodeRed.json('/plugins')).matchAny({ module: manifest.name, enabled: true })
  })

  it('keeps no setting under a name that the editor keeps something else under', async () => {
    const taken = 'id type x y z wires g d l status info icon inputs outputs valid changed dirty moved users'.split(' ')
    const editor = await nodeRed.page('/nodes')
    for (const type of types) {
      const defaults = /defaults: \{([\s\S]*?)\n {2}\}/.exec(registrationOf(editor, type))?.[1] ?? ''
      const settings = [...defaults.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name)
      should(settings).containEql('name')
      should(settings.filter((name) => taken.includes(name ?? ''))).be.empty()
    }
  })

  it('offers the icons that the nodes name', async () => {
    const { [manifest.name]: icons } = (await nodeRed.json('/icons')) as Record<string, string[]>
    const editor = await nodeRed.page('/nodes')
    for (const type of types) {
      const icon = /icon: '(\S+\.svg)'/.exec(registrationOf(editor, type))?.[1]
      if (icon) should(icons).containEql(icon)
    }
    should(icons).containEql('enos.svg')
  })

  it('serves the texts of every node and the shared ones in English', async () => {
    for (const type of types) {
      const texts = await nodeRed.json(`/nodes/${manifest.name}/${type}/messages?lng=en-US`)
      should(texts).deepEqual(catalogueOf(type))
    }
    const shared = (await nodeRed.json('/plugins/messages?lng=en-US')) as Record<string, object>
    should(shared[`${manifest.name}/edgecourier`]).deepEqual(catalogueOf('edgecourier'))
  })

  it('serves a dialog and a help text for every node', async () => {
    const editor = await nodeRed.page('/nodes')
    for (const type of types) {
      should(editor).containEql(`data-template-name="${type}"`)
      should(editor).containEql(`data-help-name="${type}"`)
    }
  })

  it('offers its examples in the import menu', async () => {
    should(await nodeRed.json('/library/examples/flows')).containEql(manifest.name)
    const folders = (await nodeRed.json(`/library/examples/flows/${manifest.name}`)) as unknown[]
    should(folders.filter((entry) => typeof entry === 'string')).deepEqual(
      readdirSync(join(packageRoot, 'examples')).sort(),
    )
  })

  it('runs a flow: a value reaches the cloud', async () => {
    const simulator = await startSimulator({ port: 0 })
    try {
      await nodeRed.deploy(flowTo(simulator.url))
      const shown = await nodeRed.editor.debugMessages(1, () => nodeRed.press('press'))
      should(shown.get('receipt')).have.property('msg', '1')
      should(simulator.points('pK11111/dK987654')?.map(({ values }) => values)).deepEqual([{ temperature: 21.5 }])
    } finally {
      await simulator.close()
    }
  })

  itWhere(!isWindows, 'Windows ends programs without asking them')('ends cleanly when it is asked to', async () => {
    should(await nodeRed.stop()).equal(0)
    should(nodeRed.output()).not.match(/\[error\]|\[warn\].*(close|stopping)/i)
  })
})

describe('The package', () => {
  it('has a dialog, texts, a help and a manifest entry for each node file', () => {
    const sources = readdirSync(join(packageRoot, 'nodes')).filter((file) => file.endsWith('.ts'))
    should(sources.map((file) => file.slice(0, -3)).sort()).deepEqual([...types].sort())
    for (const type of types) {
      should(manifest['node-red'].nodes[type]).equal(`dist/nodes/${type}.js`)
      should(read(`dist/nodes/${type}.html`)).containEql(`RED.nodes.registerType('${type}'`)
      should(read(`nodes/settings/${type}.ts`)).containEql(`settingsOf('${type}'`)
      should(read(`nodes/locales/en-US/${type}.html`)).containEql(`data-help-name="${type}"`)
      should(catalogueOf(type)).be.an.Object()
    }
  })

  it('has a status text of at most 20 characters for every error code', () => {
    const { status } = catalogueOf('edgecourier') as { status: Record<string, string> }
    const codes = [...read('lib/core/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'$/gm)].map(([, code]) => code as string)
    should(codes).containEql('CONFIG_INCOMPLETE')
    for (const code of codes) should(status).have.property(code)
    should(Object.values(status).filter((text) => text.length > 20)).be.empty()
  })
})

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8')

const catalogueOf = (name: string): object => JSON.parse(read(`nodes/locales/en-US/${name}.json`))

/** The script of one node within the editor's HTML. */
function registrationOf(editor: string, type: string): string {
  const [, registration = ''] = editor.split(`RED.nodes.registerType('${type}'`)
  return registration.split('</script>')[0] ?? ''
}

const flowTo = (cloudUrl: string) => [
  { id: 'tab', type: 'tab', label: 'test' },
  ...configurations(cloudUrl).map((node) => ({
    ...node,
    credentials: demoCredentials[node.id as keyof typeof demoCredentials],
  })),
  {
    id: 'press',
    type: 'inject',
    z: 'tab',
    props: [{ p: 'payload' }],
    payload: '{"temperature":21.5}',
    payloadType: 'json',
    wires: [['post']],
  },
  { id: 'post', type: 'enos-post-measurepoint', z: 'tab', channel: 'device', device: 'device', wires: [['receipt']] },
  {
    id: 'receipt',
    type: 'debug',
    z: 'tab',
    active: true,
    tosidebar: true,
    complete: 'payload.points',
    targetType: 'msg',
  },
]
