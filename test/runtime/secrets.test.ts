import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import should from 'should'
import { type RequestRecord, type Seed, type Simulator, startSimulator } from '../../lib/simulator'
import { selfSigned } from '../http/certificates'
import { startProxy } from '../http/proxy-server'
import { startTlsServer } from '../http/tls-server'
import { seed } from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { freePort } from '../ports'
import { isWindows, itWhere } from '../skipping'
import { controlFlow, simulatorFlow } from './marked-extras'
import {
  configurationsOf,
  type MarkedPlant,
  type MarkedSecrets,
  markedSecrets,
  plantFlow,
  watchers,
} from './marked-flow'
import { Marks } from './marks'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from './packed-package'
import { startTap, type TapMode } from './tap'

const tab = { id: 'tab', type: 'tab', label: 'plant' }
const proxyPassword = 'MARK proxy/pass+word&ü=0a7c'

describe('The search for marked texts', () => {
  const marks = new Marks()
  const secret = 'MARK a/b+c&ü="x"'
  marks.add('secret', secret)
  const digest = (algorithm: string) => require('node:crypto').createHash(algorithm).update(secret).digest('hex')
  const forms: [form: string, text: string][] = [
    ['plain', `before ${secret} after`],
    ['as JSON', JSON.stringify({ a: [secret] })],
    ['URL-encoded', encodeURIComponent(secret)],
    ['as a form field', new URLSearchParams({ secret }).toString()],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['its MD5', `x${digest('md5')}`],
    ['its SHA-256', digest('sha256')],
    ...['', 'a', 'ab', 'abc'].map((prefix): [string, string] => [
      `in base64 behind ${prefix.length} letters`,
      Buffer.from(`${prefix}${secret}:more`).toString('base64'),
    ]),
    ['in base64url', Buffer.from(`user:${secret}`).toString('base64url')],
  ]
  for (const [form, text] of forms) {
    it(`finds one ${form}`, () => should(marks.findIn(text)).not.be.empty())
  }
  it('finds nothing in other texts', () => should(marks.findIn('MARK a/b, and MARK')).be.empty())
})

describe('The secrets of every node, in success and in every failure', function () {
  this.timeout(patienceMs)
  const marks = new Marks()
  const good = markedSecrets('good')
  const requests: RequestRecord[] = []
  const answers: string[] = []
  const closing: (() => unknown)[] = []
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let tap: Awaited<ReturnType<typeof startTap>>
  let plants: MarkedPlant[]
  let flow: { nodes: object[]; messages: Map<string, number>; types: Set<string> }

  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({
      port: 0,
      onRequest: (request) => requests.push(request),
      seed: markedSeed(good),
    })
    const simulatorPort = await freePort()
    const simulatedTap = await startTap(`http://127.0.0.1:${simulatorPort}`, marks)
    tap = await startTap(simulator.url, marks)
    const wrongTap = await startTap(simulator.url, marks)
    const { key, certificate } = selfSigned({ commonName: 'localhost', hosts: ['localhost'] })
    const tlsServer = await startTlsServer({ key, cert: certificate })
    const proxy = await startProxy({ login: 'plant:another' })
    closing.push(tap.close, wrongTap.close, simulatedTap.close, tlsServer.close, proxy.close)
    plants = [
      { name: 'good', url: tap.url, secrets: good },
      { name: 'wrong', url: wrongTap.url, secrets: markedSecrets('wrong') },
      { name: 'closed', url: 'http://127.0.0.1:9', secrets: markedSecrets('closed') },
      { name: 'unknown', url: 'http://nowhere.invalid', secrets: markedSecrets('unknown') },
      { name: 'untrusted', url: tlsServer.url, secrets: markedSecrets('untrusted') },
      // Another cloud than the good plant's, whose lanes it would share.
      { name: 'proxied', url: 'http://127.0.0.1:8', secrets: markedSecrets('proxied'), proxy: 'proxy' },
      { name: 'simulated', url: simulatedTap.url, secrets: markedSecrets('simulated') },
    ]
    // Not in the user directory: who writes such a file knows its secrets.
    const seeds = mkdtempSync(join(tmpdir(), 'edgecourier-'))
    closing.push(() => rmSync(seeds, { recursive: true, force: true }))
    const seedText = JSON.stringify(markedSeed(markedSecrets('simulated'), strict))
    writeFileSync(join(seeds, 'good.json'), seedText)
    writeFileSync(join(seeds, 'broken.json'), seedText.replaceAll('":"', '":'))
    const simulators = simulatorFlow(simulatorPort, await freePort(), seeds)
    for (const { secrets } of plants) for (const [name, secret] of Object.entries(secrets)) marks.add(name, secret)
    marks.add('proxy password', proxyPassword)
    const flows = [
      ...plants.map((plant) => ({ name: plant.name, ...plantFlow(plant) })),
      { name: 'simulators', ...simulators },
      ...['look', 'act'].map((part) => ({ name: part, ...controlFlow(part) })),
    ]
    const nodes = flows.flatMap((one) => one.nodes as { id: string; type: string; wires?: unknown }[])
    const ours = nodes.filter(({ type, wires }) => wires && type !== 'inject').map(({ id }) => id)
    flow = {
      types: new Set(flows.flatMap(({ types }) => [...types])),
      messages: new Map(flows.map(({ name, messages }) => [name, messages])),
      nodes: [
        tab,
        ...watchers.map((node) => (node.type === 'complete' ? { ...node, scope: ours } : node)),
        { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' },
        {
          id: 'proxy',
          type: 'http proxy',
          url: proxy.url,
          noproxy: [],
          credentials: { username: 'plant', password: proxyPassword },
        },
        ...nodes,
      ],
    }
    const hasty = `--require ${JSON.stringify(join(__dirname, 'hasty-limits.cjs'))}`
    nodeRed = await startNodeRed(
      installed.userDir,
      {
        logging: { console: { level: 'trace', metrics: true, audit: true } },
        contextStorage: {
          default: { module: 'memory' },
          file: { module: 'localfilesystem', config: { flushInterval: 1 } },
        },
      },
      { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${hasty}` },
    )
    await nodeRed.deploy(flow.nodes)
  })
  after(async () => {
    await nodeRed?.stop()
    for (const close of closing) await close()
    await simulator?.close()
    installed?.remove()
  })

  /** Presses a button and waits until so many messages more have ended, well or badly. */
  const pressAndAwait = async (button: string, messages: number) => {
    const { msg } = (await nodeRed.json('/context/node/kept/count')) as { msg: string }
    const expected = (Number(msg) || 0) + messages
    await nodeRed.press(button)
    await nodeRed.editor.until('status/kept', (status) => Number((status as { text?: string })?.text) >= expected)
  }
  const press = (name: string) => pressAndAwait(`${name}-press`, flow.messages.get(name) ?? 0)
  const keep = async (path: string, request?: RequestInit) => {
    const answer = await fetch(`${nodeRed.url}${path}`, { headers: { 'content-type': 'application/json' }, ...request })
    answers.push(`${path}: ${answer.status} ${await answer.text()}`)
  }
  const testConnections = async (plant: MarkedPlant) => {
    const tests = configurationsOf(plant).flatMap(({ id, type, credentials, ...values }) => {
      const hidden = Object.fromEntries(Object.keys(credentials ?? {}).map((name) => [name, '__PWRD__']))
      return [credentials, hidden].map((secrets) => {
        const body = JSON.stringify({ id, values: { ...values, ...secrets } })
        return keep(`/edgecourier/test/${type}`, { method: 'POST', body })
      })
    })
    await Promise.all(tests)
  }
  const outboxFiles = () => filesUnder(join(installed.userDir, 'plant-outbox'))
  /** Everything that anybody but the clouds and Node-RED's own store of credentials gets to see. */
  const places = async (): Promise<Record<string, string>> => {
    for (const { id, type } of flow.nodes as { id: string; type: string }[]) {
      if (/^(enos-(app|device)|thingplus-client)$/.test(type)) await keep(`/credentials/${type}/${id}`)
    }
    const admin = ['/flows', '/flows/state', '/settings', '/diagnostics', '/context/global', '/context/flow/tab']
    for (const path of [...admin, '/edgecourier/outbox/outbox', '/edgecourier/outbox/outbox/metrics']) await keep(path)
    const files = filesUnder(installed.userDir).filter(
      (file) => !/node_modules|flows_cred|\.tgz$|plant-outbox/.test(file),
    )
    return {
      'the log': nodeRed.output(),
      'the editor, with statuses, debug and caught messages': nodeRed.editor.heard(),
      'admin answers': answers.join('\n'),
      'files, with the flows and the context': read(files),
      'the outbox folder': read(outboxFiles()),
      'the simulator': JSON.stringify([simulator.state(), simulator.points('pK11111/dK987654'), requests]),
    }
  }

  it('lie with every node of the package', () => {
    const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    const types = Object.keys(manifest['node-red'].nodes)
    const configurations = ['cloud-outbox', 'enos-app', 'enos-device', 'thingplus-client']
    should([...flow.types, ...configurations].sort()).deepEqual(types.sort())
  })

  const modes: TapMode[] = [
    { kind: 'pass' },
    { kind: 'reset' },
    { kind: 'unreadable' },
    { kind: 'page' },
    ...[500, 302, 400, 404, 429, 403, 401].map((status) => ({ kind: 'echo' as const, status })),
    { kind: 'pass' },
  ]
  for (const mode of modes) {
    it(`are sent over a line that says "${Object.values(mode).join(' ')}"`, async () => {
      tap.set(mode)
      const [plant] = plants
      if (!plant) return
      await press('good')
      await testConnections(plant)
    })
  }

  it('are sent to the simulator of a node, and a value of theirs becomes a dead letter', async () => {
    await press('simulated')
    // What the cloud refuses is given up only when it has taken another value since.
    await press('simulated')
    let lanes: { dead: number }[] = []
    const since = performance.now()
    while (!lanes.some(({ dead }) => dead > 0)) {
      should(performance.now() - since).be.below(patienceMs, JSON.stringify(lanes.slice(-12)))
      ;({ lanes } = (await nodeRed.json('/edgecourier/outbox/outbox')) as { lanes: { dead: number }[] })
    }
  })

  it('are sent to a cloud that never answers', async () => {
    tap.set({ kind: 'silent' })
    const [plant] = plants
    if (!plant) return
    await Promise.all([press('good'), testConnections(plant)])
  })

  for (const name of ['wrong', 'closed', 'unknown', 'untrusted', 'proxied']) {
    it(`are sent by a plant with ${name} settings`, async () => {
      const plant = plants.find((one) => one.name === name)
      if (!plant) return
      tap.set({ kind: 'pass' })
      await press(name)
      await testConnections(plant)
    })
  }

  it('are sent again after a deployment that broke off requests under way', async () => {
    tap.set({ kind: 'silent' })
    await nodeRed.press('good-press')
    // Another revision, so that the wait is for this deployment.
    await nodeRed.deploy([{ ...tab, label: 'again' }, ...flow.nodes.slice(1)])
    tap.set({ kind: 'pass' })
    await press('good')
  })

  it('are near when an operator looks at the outbox and its dead letters, and acts on them', async () => {
    await press('look')
    await press('act')
  })

  it('have all been through: success, every failure, and the outbox', async () => {
    const { log, editor } = { log: nodeRed.output(), editor: nodeRed.editor.heard() }
    const codes = ['AUTH_REFUSED', 'NETWORK_UNREACHABLE', 'NETWORK_NAME_UNKNOWN', 'NETWORK_TLS', 'NETWORK_PROXY']
    const more = [
      'NETWORK_INTERRUPTED',
      'NETWORK_WEB_PAGE',
      'RESPONSE_UNREADABLE',
      'PERMISSION_DENIED',
      'THROTTLED',
      'CLOUD_ERROR',
      'NOT_FOUND',
      'NETWORK_TIMEOUT',
    ]
    should([...codes, ...more].filter((code) => !log.includes(code))).be.empty()
    should(editor)
      .match(/"fill":"green"/)
      .and.match(/"fill":"red"/)
      // The simulator's status and messages; what the outbox control sends on.
      .and.match(/status\/simulator".*"fill":"yellow"/)
      .and.match(/status\/broken-simulator".*"fill":"red"/)
      .and.match(/bodyBytes/)
      .and.match(/sequence.*typo/)
      .and.match(/has no lane/)
    should(answers.join())
      .match(/"ok":true/)
      .and.match(/"ok":false/)
    should(simulator.state().requests).be.above(100)
    should(outboxFiles()).not.be.empty()
  })

  it('are found nowhere afterwards', async () => {
    for (const [place, content] of Object.entries(await places())) {
      should(content.length).be.above(100)
      should({ place, found: marks.findIn(content) }).deepEqual({ place, found: [] })
    }
  })

  itWhere(!isWindows, 'Windows knows no modes of folders')('lie behind a folder that only its owner may open', () => {
    for (const folder of ['plant-outbox', ...foldersUnder(join(installed.userDir, 'plant-outbox'))]) {
      should(statSync(join(installed.userDir, folder)).mode & 0o077).equal(0)
    }
  })

  it('would be found in each of those places, had they come there', async () => {
    const planted = 'PLANTED/text+with&marks'
    marks.add('planted', planted)
    await nodeRed.deploy([
      tab,
      ...flow.nodes.filter((node) => /^(outbox|good-(app|device)|proxy)$/.test((node as { id: string }).id)),
      {
        z: 'tab',
        x: 100,
        y: 20,
        id: 'plant',
        type: 'inject',
        props: [{ p: 'payload' }],
        payload: planted,
        payloadType: 'str',
        wires: [['spill']],
      },
      {
        ...{ z: 'tab', x: 300, y: 20, id: 'spill', type: 'function', outputs: 1, wires: [['post', 'direct']] },
        func: `node.warn(msg.payload); flow.set('planted', msg.payload, 'file'); flow.set('planted', msg.payload); return { payload: { temp: msg.payload } }`,
      },
      {
        ...{
          z: 'tab',
          x: 500,
          y: 20,
          id: 'post',
          type: 'enos-post-measurepoint',
          channel: 'device',
          device: 'good-device',
          outbox: 'outbox',
        },
        ...{ values: 'payload', valuesType: 'msg', timeField: 'time', wires: [[]] },
      },
      {
        ...{
          z: 'tab',
          x: 500,
          y: 80,
          id: 'direct',
          type: 'enos-post-measurepoint',
          channel: 'integration',
          app: 'good-app',
        },
        ...{ assetId: 'asset-1', assetIdType: 'str', values: 'payload', valuesType: 'msg', wires: [[]] },
      },
      { ...watchers[3], scope: ['post', 'direct'] },
      watchers[4],
    ] as object[])
    await pressAndAwait('plant', 2)
    for (const [place, content] of Object.entries(await places())) {
      should({ place, found: marks.findIn(content).length > 0 }).deepEqual({ place, found: true })
    }
  })
})

const strict = { allowAdditionalMeasurepoint: false, measurepoints: { temp: { dataType: 'DOUBLE' } } }

/** A simulator's world whose application, device, user and client have these secrets. */
function markedSeed({ appKey, appSecret, deviceSecret, clientSecret, password }: MarkedSecrets, model?: object): Seed {
  const device = { productKey: 'pK11111', deviceKey: 'dK987654', assetId: 'asset-1', gateway: null }
  return {
    enos: {
      apps: [{ appKey, appSecret, orgId: 'o-demo' }],
      ...(model && { models: [{ modelId: 'Strict', ...model }] }),
      devices: [{ ...device, modelId: model ? 'Strict' : 'Demo', deviceSecret }],
    },
    thingplus: {
      ...seed,
      users: [{ id: '1', loginId: 'serviceadmin', password }],
      clients: [{ id: 'testClientId', clientSecret, scopes: ['gateway', 'site-read'], user: '1' }],
    },
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function foldersUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join('plant-outbox', entry.parentPath.slice(folder.length), entry.name))
}

function read(files: readonly string[]): string {
  return files.map((file) => `${file}\n${contentOf(file, 'latin1')}${contentOf(file, 'utf8')}`).join('\n')
}

/** Node-RED and the nodes replace files by new ones: a temporary one may be gone since it was listed. */
function contentOf(file: string, encoding: 'latin1' | 'utf8'): string {
  try {
    return readFileSync(file, encoding)
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw failure
  }
}
