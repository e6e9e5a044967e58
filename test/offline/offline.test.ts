import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import should from 'should'
import { startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { patienceMs } from '../patience'
import { startNodeRed } from '../runtime/node-red'
import { npmEnvironment, packageRoot } from '../runtime/packed-package'

const run = promisify(execFile)
const packageName = '@edgecourier/node-red-enos-thingplus'
const maxPackages = 40
const maxBytes = 15e6

describe('The offline archive', function () {
  this.timeout(patienceMs)
  const folder = mkdtempSync(join(tmpdir(), 'edgecourier-'))
  const userDir = join(folder, 'user')
  const modules = join(userDir, 'node_modules')
  const shipped = () => readdirSync(folder)
  const lock = () =>
    JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages as Record<string, { name?: string }>

  before(async () => {
    await run(process.execPath, [join(packageRoot, 'scripts/pack-offline.mjs'), folder])
    mkdirSync(userDir)
    writeFileSync(join(userDir, 'package.json'), '{ "private": true }\n')
    const archive = shipped().find((file) => file.endsWith('-offline.tgz')) as string
    await installWithoutNetwork(folder, userDir, join(folder, archive))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('installs into a user directory with no registry reachable and nothing cached', () => {
    should(readFileSync(join(modules, packageName, 'package.json'), 'utf8')).containEql(packageName)
  })

  it(`stays within ${maxPackages} packages and ${maxBytes / 1e6} MB`, () => {
    should(Object.keys(lock()).length).be.within(2, maxPackages)
    const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)
    should(bytes).be.below(maxBytes)
  })

  it('brings nothing that runs on some platforms only', () => {
    const names = readdirSync(modules, { recursive: true }) as string[]
    should(names.filter((name) => /\.(node|dll|so|dylib)$/.test(name))).eql([])
  })

  it('names every package that it installs in an SBOM, and nothing of the machine that made it', () => {
    const text = readFileSync(join(folder, shipped().find((file) => file.endsWith('.cdx.json')) as string), 'utf8')
    const { bomFormat, metadata, components } = JSON.parse(text) as {
      bomFormat: string
      metadata: { component: { name: string } }
      components: { name: string; version: string }[]
    }
    should({ bomFormat, name: metadata.component.name }).deepEqual({ bomFormat: 'CycloneDX', name: packageName })
    const installed = Object.keys(lock()).map((path) => path.split('node_modules/').at(-1))
    should([packageName, ...components.map(({ name }) => name)].sort()).deepEqual(installed.sort())
    should(text).not.containEql(tmpdir())
    should(text).not.containEql(packageRoot)
  })

  it('runs: a point reaches the cloud by way of the outbox', async () => {
    const simulator = await startSimulator({ port: 0 })
    const nodeRed = await startNodeRed(userDir)
    try {
      await nodeRed.deploy(flow(simulator.url))
      await nodeRed.press('press')
      await nodeRed.editor.until('status/post', (status) => (status as { text?: string })?.text === 'delivered 1')
      should(simulator.points('pK11111/dK987654')?.map(({ values }) => values)).deepEqual([{ temperature: 21.5 }])
    } finally {
      await nodeRed.stop()
      await simulator.close()
    }
  })
})

/** With a registry that refuses connections and an empty cache; where that is possible, in a network of its own too. */
async function installWithoutNetwork(folder: string, userDir: string, archive: string): Promise<void> {
  const settings = join(folder, 'npmrc')
  writeFileSync(settings, '')
  const kept = Object.entries(npmEnvironment()).filter(([name]) => !name.toLowerCase().startsWith('npm_'))
  const env = {
    ...Object.fromEntries(kept),
    npm_config_userconfig: settings,
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_cache: join(folder, 'cache'),
  }
  const isolation = spawnSync('unshare', ['-n', 'true']).status === 0 ? ['unshare', '-n'] : []
  const [program = 'npm', ...words] = [...isolation, 'npm', 'install', archive]
  await run(program, words, { cwd: userDir, env, shell: process.platform === 'win32' })
}

const flow = (cloudUrl: string) => [
  { id: 'tab', type: 'tab', label: 'plant' },
  ...configurations(cloudUrl).map((node) => ({
    ...node,
    credentials: demoCredentials[node.id as keyof typeof demoCredentials],
  })),
  { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' },
  {
    id: 'press',
    type: 'inject',
    z: 'tab',
    props: [{ p: 'payload' }],
    payload: '{"temperature":21.5}',
    payloadType: 'json',
    wires: [['post']],
  },
  {
    id: 'post',
    type: 'enos-post-measurepoint',
    z: 'tab',
    channel: 'device',
    device: 'device',
    outbox: 'outbox',
    wires: [[]],
  },
]
