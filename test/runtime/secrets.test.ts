import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { type RequestRecord, type Simulator, startSimulator } from '../../lib/simulator'
import { selfSigned } from '../http/certificates'
import { startProxy } from '../http/proxy-server'
import { startTlsServer } from '../http/tls-server'
import { seed } from '../nodes/thingplus'
import { configurationsOf, type MarkedPlant, markedSecrets, plantFlow, watchers } from './marked-flow'
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
  this.timeout(180_000)
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
    const { appKey, appSecret, deviceSecret, clientSecret, password } = good
    const device = { productKey: 'pK11111', deviceKey: 'dK987654', assetId: 'asset-1', modelId: 'Demo', gateway: null }
    simulator = await startSimulator({
      port: 0,
      onRequest: (request) => requests.push(request),
      seed: {
        enos: { apps: [{ appKey, appSecret, orgId: 'o-demo' }], devices: [{ ...device, deviceSecret }] },
        thingplus: {
          ...seed,
          users: [{ id: '1', loginId: 'serviceadmin', password }],
          clients: [{ id: 'testClientId', clientSecret, scopes: ['gateway', 'site-read'], user: '1' }],
        },
      },
    })
    tap = await startTap(simulator.url, marks)
    const wrongTap = await startTap(simulator.url, marks)
    const { key, certificate } = selfSigned({ commonName: 'localhost', hosts: ['localhost'] })
    const tlsServer = await startTlsServer({ key, cert: certificate })
    const proxy = await startProxy({ login: 'plant:another' })
    closing.push(tap.close, wrongTap.close, tlsServer.close, proxy.close)
    plants = [
      { name: 'good', url: tap.url, secrets: good },
      { name: 'wrong', url: wrongTap.url, secrets: markedSecrets('wrong') },
      { name: 'closed', url: 'http://127.0.0.1:9', secrets: markedSecrets('closed') },
      { name: 'unknown', url: 'http://nowhere.invalid', secrets: markedSecrets('unknown') },
      { name: 'untrusted', url: tlsServer.url, secrets: markedSecrets('untrusted') },
      { name: 'proxied', url: tap.url, secrets: markedSecrets('proxied'), proxy: 'proxy' },
    ]
    for (const { secrets } of plants) for (const [name, secret] of Object.entries(secrets)) marks.add(name, secret)
    marks.add('proxy password', proxyPassword)
    const flows = plants.map((plant) => ({ name: plant.name, ...plantFlow(plant) }))
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
    nodeRed = await startNodeRed(installed.userDir, {
      logging: { console: { level: 'trace', metrics: true, audit: true } },
      contextStorage: {
        default: { module: 'memory' },
        file: { module: 'localfilesystem', config: { flushInterval: 1 } },
      },
    })
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
    for (const { id, type, credentials, ...values } of configurationsOf(plant)) {
      const hidden = Object.fromEntries(Object.keys(credentials ?? {}).map((name) => [name, '__PWRD__']))
      for (const secrets of [credentials, hidden]) {
        const body = JSON.stringify({ id, values: { ...values, ...secrets } })
        await keep(`/edgecourier/test/${type}`, { method: 'POST', body })
      }
    }
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

  it('belong to every node of the package that talks to a cloud', () => {
    const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    const types = Object.keys(manifest['node-red'].nodes)
    const silent = [
      'cloud-outbox',
      'cloud-outbox-control',
      'cloud-simulator',
      'enos-app',
      'enos-device',
      'thingplus-client',
    ]
    should([...flow.types, ...silent].sort()).deepEqual(types.sort())
  })

  const modes: TapMode[] = [
    { kind: 'pass' },
    { kind: 'reset' },
    { kind: 'unreadable' },
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

  it('have all been through: success, every failure, and the outbox', async () => {
    const { log, editor } = { log: nodeRed.output(), editor: nodeRed.editor.heard() }
    const codes = ['AUTH_REFUSED', 'NETWORK_UNREACHABLE', 'NETWORK_NAME_UNKNOWN', 'NETWORK_TLS', 'NETWORK_PROXY']
    const more = [
      'NETWORK_INTERRUPTED',
      'RESPONSE_UNREADABLE',
      'PERMISSION_DENIED',
      'THROTTLED',
      'CLOUD_ERROR',
      'NOT_FOUND',
    ]
    for (const code of [...codes, ...more]) should(log).containEql(code)
    should(editor)
      .match(/"fill":"green"/)
      .and.match(/"fill":"red"/)
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

  it('lie behind a folder that only its owner may open', () => {
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
  return files.map((file) => `${file}\n${readFileSync(file, 'latin1')}${readFileSync(file, 'utf8')}`).join('\n')
}
