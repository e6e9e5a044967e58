import { readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeInitializer } from 'node-red'
import should from 'should'
import { fieldLabel } from '../../lib/runtime/languages'
import type { Field, NodeSettings } from '../../lib/settings'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { type ProxyServer, startProxy } from '../http/proxy-server'
import { startServer } from '../http/server'
import { configurations, demoCredentials as enosCredentials, enosTypes } from '../nodes/enos'
import { askAdmin, type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import {
  configuration,
  gatewayId,
  seed,
  demoCredentials as thingplusCredentials,
  thingplusTypes,
} from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'

const core = (file: string) => require(`@node-red/nodes/core/${file}`) as NodeInitializer
const coreTypes = [core('network/05-tls'), core('network/06-httpproxy'), core('common/91-global-config')]
const types = [...enosTypes, ...thingplusTypes, ...outboxTypes, ...coreTypes]
const credentials = { ...enosCredentials, ...thingplusCredentials }

const allTypes = readdirSync(join(__dirname, '../../nodes/settings'))
  .map((file) => file.replace('.ts', ''))
  .filter((type) => type !== 'cloud-simulator')
const settingsOf = (type: string) => (require(`../../nodes/settings/${type}`) as { settings: NodeSettings }).settings
const namesOf = (type: string, isOfKind: (kind: Field['kind']) => boolean) =>
  Object.values(settingsOf(type).fields).flatMap(({ kind, name }) => (isOfKind(kind) ? [name] : []))
const isText = (kind: Field['kind']) => ['text', 'url', 'number', 'choice', 'typed'].includes(kind)
const secretsOf = (type: string) => namesOf(type, (kind) => kind === 'secret')

/** By the dialog's word for the field. */
const saysUnset = (type: string, field: string) =>
  new RegExp(`FIELD_NONE is not set ${`(field "${fieldLabel(type, field)}")`.replace(/[()]/g, '\\$&')}`)

describe('A setting', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
    folder = await newFolder('settings')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
    for (const name of Object.keys(process.env)) if (name.startsWith('FIELD_')) delete process.env[name]
  })

  type Settings = Record<string, unknown>
  const allConfigurations = () => [
    ...configurations(simulator.url),
    configuration(simulator.url),
    { id: 'outbox', type: 'cloud-outbox', folder },
    { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', servername: '', verifyservercert: true },
    { id: 'proxy', type: 'http proxy', url: 'http://127.0.0.1:9' },
  ]
  /** The node under test with all configurations, some of them changed. */
  const start = async (
    node: Settings & { type: string },
    changed: Record<string, Settings> = {},
    more: Settings[] = [],
  ) => {
    flow = await startFlow(
      types,
      [
        ...allConfigurations().map((settings) => ({ ...settings, ...changed[settings.id] })),
        { id: 'node', app: 'app', device: 'device', client: 'client', wires: [['out']], ...node },
        ...(more as { id: string; type: string }[]),
      ],
      Object.fromEntries(
        Object.entries({ proxy: {}, ...credentials }).map(([id, secrets]) => [
          id,
          { ...secrets, ...(changed[id]?.credentials as Record<string, string> | undefined) },
        ]),
      ),
    )
  }
  const failureOf = async (msg: Settings, id = 'node') => {
    const over = new AbortController()
    const ends = ['out', 'caught'].map((end) => flow.next(end, over.signal))
    for (const end of ends) end.catch(() => undefined)
    flow.send(id, msg)
    const { error } = await Promise.race(ends)
    over.abort()
    await new Promise((resolve) => setImmediate(resolve))
    return error
  }
  /** What the button of a configuration's dialog answers. */
  const testForm = async (type: string, values: Settings, place: Settings = { id: 'new' }) =>
    (await askAdmin(`/edgecourier/test/${type}`, { ...place, values })) as {
      code?: string
      message?: string
      findings?: { ok?: boolean; text: string }[]
    }
  const pointsOf = (stream: string) => simulator.points(stream)?.map(({ values }) => values) ?? []

  /** A node that uses each configuration. */
  const userOf: Record<string, Settings & { type: string }> = {
    'enos-app': { type: 'enos-auth', mode: 'token' },
    'enos-device': { type: 'enos-auth', mode: 'session' },
    'thingplus-client': { type: 'thingplus-auth' },
    'cloud-outbox': { type: 'cloud-outbox-control', outbox: 'outbox', command: 'figures', commandType: 'str' },
  }
  const isConfiguration = (type: string) => type in userOf
  const idOf: Record<string, string> = {
    'enos-app': 'app',
    'enos-device': 'device',
    'thingplus-client': 'client',
    'cloud-outbox': 'outbox',
  }
  const typeWithId = (id: string) => Object.keys(idOf).find((type) => idOf[type] === id) ?? ''

  describe('with a variable inside of its text', () => {
    const post = { type: 'enos-post-measurepoint', channel: 'device' }

    it('has the value put in: URL, key, secret, folder, point, path and time field', async () => {
      const { port } = new URL(simulator.url)
      Object.assign(process.env, { FIELD_PORT: port, FIELD_KEY: '11111', FIELD_SECRET: '54321', FIELD_LINE: '7' })
      const device = {
        brokerUrl: 'http://127.0.0.1:$'.concat('{FIELD_PORT}/'),
        productKey: 'pK$'.concat('{FIELD_KEY}'),
        credentials: { deviceSecret: 'ds$'.concat('{FIELD_SECRET}') },
      }
      const outbox = { folder: join(folder, 'box-$'.concat('{FIELD_LINE}')) }
      const point = {
        id: 'temp_$'.concat('{FIELD_LINE}'),
        source: 'payload.l$'.concat('{FIELD_LINE}'),
        sourceType: 'msg',
      }
      await start({ ...post, valuesFrom: 'table', points: [point], outbox: 'outbox' }, { device, outbox })
      const isDone = flow.completed('node')
      flow.send('node', { payload: { l7: 21.5 } })
      await isDone
      should(await readdir(folder)).deepEqual(['box-7'])
      while (pointsOf('pK11111/dK987654').length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      should(pointsOf('pK11111/dK987654')).deepEqual([{ temp_7: 21.5 }])
    })

    it('has the group’s value before the tab’s, the tab’s before the global, these before the process’s', async () => {
      Object.assign(process.env, { FIELD_A: 'process', FIELD_B: 'process', FIELD_C: 'process', FIELD_D: 'process' })
      const env = (value: string, ...names: string[]) => names.map((name) => ({ name, value, type: 'str' }))
      const text = 'abcd'.replace(/./g, (letter) => `_$`.concat(`{FIELD_${letter.toUpperCase()}}`))
      await start({ ...post, point: `p${text}`, pointType: 'str', g: 'group' }, {}, [
        { id: 'tab', type: 'tab', env: env('tab', 'FIELD_A', 'FIELD_B') },
        { id: 'group', type: 'group', z: 'tab', nodes: ['node'], env: env('group', 'FIELD_A'), wires: [] },
        { id: 'global', type: 'global-config', env: env('global', 'FIELD_A', 'FIELD_B', 'FIELD_C') },
      ])
      should(await failureOf({ payload: 1 })).be.undefined()
      should(pointsOf('pK11111/dK987654')).deepEqual([{ p_group_tab_global_process: 1 }])
    })

    it('has the value of the subflow instance that it stands in', async () => {
      const inner = {
        id: 'inner',
        ...post,
        device: 'device',
        point: 'p_$'.concat('{FIELD_LINE}'),
        z: 'sub',
        x: 0,
        y: 0,
      }
      const link = [{ wires: [{ id: 'inner' }] }]
      const line = (value: string) => [{ name: 'FIELD_LINE', type: 'str', value }]
      await start({ type: 'thingplus-auth' }, {}, [
        {
          id: 'sub',
          type: 'subflow',
          name: 'sub',
          env: line('0'),
          in: link,
          out: [{ wires: [{ id: 'inner', port: 0 }] }],
        },
        { ...inner, wires: [[]] },
        { id: 'one', type: 'subflow:sub', env: line('1'), z: 'tab', x: 0, y: 0, wires: [['out']] },
        { id: 'two', type: 'subflow:sub', env: line('2'), z: 'tab', x: 0, y: 0, wires: [['out']] },
      ])
      for (const id of ['one', 'two']) should(await failureOf({ payload: 1 }, id)).be.undefined()
      should(pointsOf('pK11111/dK987654')).deepEqual([{ p_1: 1 }, { p_2: 1 }])
    })

    it('is not looked into again where the value itself looks like a variable', async () => {
      process.env['FIELD_SECRET'] = 'ds$'.concat('{FIELD_NONE}')
      await start(
        { type: 'enos-auth', mode: 'session' },
        { device: { credentials: { deviceSecret: '$'.concat('{FIELD_SECRET}') } } },
      )
      should((await failureOf({}))?.code).equal('AUTH_REFUSED')
    })

    it('leaves alone what is no variable: JSONata, JSON, dollars, and words for people', async () => {
      const rows = [
        { id: 'sum', source: '$sum([1, 2]) & "$"', sourceType: 'jsonata' },
        { id: 'text', source: '5 $', sourceType: 'str' },
        { id: 'object', source: '{"$":{"a":1}}', sourceType: 'json' },
      ]
      const words = { name: 'price in $'.concat('{FIELD_NONE}'), info: 'uses $'.concat('{FIELD_NONE}') }
      await start({ ...post, ...words, valuesFrom: 'table', points: rows })
      should(await failureOf({ payload: 1 })).be.undefined()
      should(pointsOf('pK11111/dK987654')).deepEqual([{ sum: '3$', text: '5 $', object: { $: { a: 1 } } }])
    })

    const unset = 'a_$'.concat('{FIELD_NONE}')
    for (const type of allTypes) {
      it(`is refused by its name and the variable's where that is not set, in every field of ${type}`, async () => {
        const names = namesOf(type, isText)
        should(names.length + secretsOf(type).length + (type === 'thingplus-auth' ? 1 : 0)).be.above(0)
        for (const name of names) {
          const settings = { [name]: unset, [`${name}Type`]: 'str' }
          if (isConfiguration(type)) await start(userOf[type] ?? { type }, { [idOf[type] ?? '']: settings })
          else await start({ type, outbox: 'outbox', ...settings })
          should(await failureOf({ payload: 1, gatewayId })).match({
            code: 'CONFIG_ENV_UNSET',
            message: saysUnset(type, name),
          })
          await stopFlow()
        }
        for (const name of secretsOf(type)) {
          await start(userOf[type] ?? { type }, { [idOf[type] ?? '']: { credentials: { [name]: unset } } })
          should(await failureOf({})).match({
            code: 'CONFIG_ENV_UNSET',
            message: saysUnset(type, name),
          })
          await stopFlow()
        }
      })
    }

    it('is refused with its row in a table', async () => {
      const row = { id: 'a', source: 'payload', sourceType: 'msg' }
      for (const bad of [
        { ...row, id: unset },
        { ...row, source: unset, sourceType: 'str' },
        { ...row, source: unset, sourceType: 'env' },
      ]) {
        await start({ ...post, valuesFrom: 'table', points: [{ ...row, id: 'b' }, bad] })
        should(await failureOf({ payload: 1 })).match({
          code: 'CONFIG_ENV_UNSET',
          message: /^Row .*FIELD_NONE is not set/,
        })
        await stopFlow()
      }
    })
  })

  describe('that chooses a configuration', function () {
    this.timeout(patienceMs)
    const modes: Record<string, Settings[]> = {
      'enos-auth': [{ mode: 'token' }, { mode: 'session' }],
      'enos-post-measurepoint': [{ channel: 'device' }, { channel: 'integration' }],
      'enos-update-attribute': [{ channel: 'device' }, { channel: 'integration' }],
      'enos-post-event': [{ channel: 'device' }, { channel: 'integration' }],
    }
    const isUsed = (field: string, { mode, channel }: Settings) =>
      (field !== 'device' || mode === 'session' || channel === 'device') &&
      (field !== 'app' || (mode !== 'session' && channel !== 'device'))

    for (const type of allTypes) {
      const fields = Object.values(settingsOf(type).fields).flatMap((field) =>
        field.kind === 'configuration' ? [{ name: field.name, wanted: field.type }] : [],
      )
      if (fields.length === 0) continue
      it(`says which type it wants where one of another type is behind it, in every field of ${type}`, async () => {
        for (const { name, wanted } of fields) {
          for (const { id, type: found } of allConfigurations()) {
            // Node-RED starts no configuration that needs itself.
            if (found === wanted || found === type) continue
            for (const mode of modes[type] ?? [{}]) {
              if (!isUsed(name, mode)) continue
              if (isConfiguration(type)) await start(userOf[type] ?? { type }, { [idOf[type] ?? '']: { [name]: id } })
              else await start({ type, outbox: 'outbox', ...mode, [name]: id })
              should(await failureOf({ payload: 1, gatewayId, command: 'figures' })).match({
                code: 'CONFIG_INVALID',
                message: new RegExp(`field "${fieldLabel(type, name)}" needs .* type "${wanted}", .* "${found}"`),
              })
              await stopFlow()
            }
          }
        }
      })
    }
  })

  describe('that says how old values are sent', () => {
    const minute = 60_000
    const topics: Record<string, [young: string, old: string]> = {
      post: ['post', 'post'],
      resume: ['resume', 'resume'],
      'by-age': ['post', 'resume'],
      '': ['post', 'resume'],
    }
    for (const outbox of ['', 'outbox']) {
      for (const [timeliness, [young, old]] of Object.entries(topics)) {
        it(`is kept, "${timeliness}" ${outbox ? 'through an outbox' : 'at once'}: ${young} for young values, ${old} for old ones`, async () => {
          await start({ type: 'enos-post-measurepoint', settingsVersion: 4, channel: 'device', outbox, timeliness })
          const values = [{ age: 10 }, { age: 0 }]
          const payload = values.map(({ age }) => ({ age, time: Date.now() - age * minute }))
          const isDone = flow.completed('node')
          flow.send('node', { payload })
          await isDone
          const points = () => simulator.points('pK11111/dK987654') ?? []
          while (points().length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
          const sent = Object.fromEntries(points().map(({ channel, values: { age } }) => [age, channel.split('/')[0]]))
          should(sent).deepEqual({ 0: young, 10: old })
        })
      }
    }

    it('holds for each node, where two send for the same device through one outbox', async () => {
      const node = { type: 'enos-post-measurepoint', channel: 'device', device: 'device', outbox: 'outbox' }
      await start({ ...node, timeliness: 'by-age' }, {}, [{ id: 'live', ...node, timeliness: 'post', wires: [[]] }])
      for (const id of ['node', 'live']) flow.send(id, { payload: { [id]: 1, time: Date.now() - 10 * minute } })
      const points = () => simulator.points('pK11111/dK987654') ?? []
      while (points().length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
      const sent = Object.fromEntries(
        points().map(({ channel, values }) => [Object.keys(values)[0], channel.split('/')[0]]),
      )
      should(sent).deepEqual({ node: 'resume', live: 'post' })
    })

    it('is refused by name where it is none of the choices', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device', timeliness: 'live' })
      should(await failureOf({ payload: { a: 1 } })).match({
        code: 'CONFIG_INVALID',
        message: /^Treat as is not one of/,
      })
    })
  })

  it('of an outbox that its disk could never satisfy is a mistake in the settings', async () => {
    const outbox = { freeFloorMegabytes: '1e9' }
    await start({ type: 'enos-post-measurepoint', channel: 'device', outbox: 'outbox' }, { outbox })
    should(await failureOf({ payload: { a: 1 } })).match({ code: 'CONFIG_INVALID', message: /Leave less free/ })
  })

  describe('of a proxy that is not there', () => {
    let proxy: ProxyServer
    beforeEach(async () => {
      proxy = await startProxy({ login: 'plant:secret' })
    })
    afterEach(async () => {
      for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'no_proxy', 'NO_PROXY']) delete process.env[name]
      await proxy.close()
    })
    const withLogin = () => proxy.url.replace('//', '//plant:secret@')
    const host = () => new URL(simulator.url).host
    const auth = { type: 'enos-auth', mode: 'session' }
    const findings = async (more: Settings = {}) => {
      const [, device] = configurations(simulator.url)
      const answer = await testForm('enos-device', { ...device, ...enosCredentials.device, ...more })
      return answer.findings?.map(({ ok, text }) => `${ok ? 'good' : 'bad'}: ${text}`) ?? []
    }

    for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy']) {
      it(`is the environment's ${name}, and the connection test says so without its password`, async () => {
        process.env[name] = withLogin()
        await start(auth)
        should(await failureOf({})).be.undefined()
        should(proxy.tunnels).deepEqual([host()])
        const found = await findings()
        should(found[0]).equal(
          `good: ${host()} is reached through the proxy ${proxy.url}, as the environment's ${name} says.`,
        )
        should(found.join()).not.containEql('secret')
      })
    }

    for (const [type, user] of Object.entries(userOf).filter(([name]) => name !== 'cloud-outbox')) {
      it(`is the environment's for ${type}, and for its connection test`, async () => {
        process.env['http_proxy'] = withLogin()
        await start(user)
        should(await failureOf({})).be.undefined()
        should(proxy.tunnels).deepEqual([host()])
        const id = idOf[type] ?? ''
        const form = allConfigurations().find((settings) => settings.id === id)
        const { findings: found = [] } = await testForm(type, {
          ...form,
          ...(credentials as Record<string, object>)[id],
        })
        should(found.map(({ text }) => text).join('\n')).match(
          /through the proxy .*, as the environment's http_proxy says/,
        )
        should(proxy.tunnels.length).be.above(1)
      })
    }

    it("is none for a host in the environment's no_proxy, and the connection test says so", async () => {
      Object.assign(process.env, { http_proxy: 'http://127.0.0.1:9', NO_PROXY: 'example.com, 127.0.0.1' })
      await start(auth)
      should(await failureOf({})).be.undefined()
      should((await findings())[0]).match(/is reached without a proxy, as the environment's NO_PROXY says/)
    })

    it('is none where a proxy configuration is chosen', async () => {
      process.env['http_proxy'] = 'http://127.0.0.1:9'
      const chosen = { url: proxy.url, noproxy: [], credentials: { username: 'plant', password: 'secret' } }
      await start(auth, { device: { proxy: 'proxy' }, proxy: chosen })
      should(await failureOf({})).be.undefined()
      should(proxy.tunnels).deepEqual([host()])
      should((await findings({ proxy: 'proxy' }))[0]).match(/through the proxy .*, as the proxy configuration says/)
    })

    it('is a mistake by the name of the variable where it is no HTTP proxy', async () => {
      process.env['all_proxy'] = 'socks5://127.0.0.1:9'
      await start(auth)
      should(await failureOf({})).match({
        code: 'CONFIG_INVALID_URL',
        message: /all_proxy is not the URL of an HTTP proxy/,
      })
      should((await findings())[0]).match(/^bad: .*all_proxy/)
    })
  })

  describe('of a call of an EnOS API', () => {
    const search = { type: 'enos-call-api', method: 'POST', path: '/connect-service/v2.1/devices?action=search' }
    const devices = Array.from({ length: 25 }, (_, index) => ({
      productKey: 'pK11111',
      deviceKey: `device-${index}`,
      assetId: `asset-${index}`,
    }))
    beforeEach(async () => {
      await simulator.close()
      simulator = await startSimulator({ port: 0, seed: { enos: { devices } } })
    })
    const expression = 'assetId in ("asset-1", "asset-2", "asset-3")'
    const body = { expression, pagination: { pageSize: 2 } }
    const bodies: Record<string, unknown> = {
      'an object': body,
      'JSON text': JSON.stringify(body),
      'a Buffer': Buffer.from(JSON.stringify(body)),
      'a Buffer that became JSON': JSON.parse(JSON.stringify(Buffer.from(JSON.stringify(body)))),
      bytes: new Uint8Array(Buffer.from(JSON.stringify(body))),
    }
    for (const [title, payload] of Object.entries(bodies)) {
      it(`takes ${title} for its body, for one page and for all, with what the search asks for`, async () => {
        await start(search)
        should((await flow.run('node', { payload })).payload).have.length(2)
        await stopFlow()
        await start({ ...search, allPages: true })
        const { payload: found } = await flow.run('node', { payload })
        should((found as { assetId: string }[]).map(({ assetId }) => assetId)).deepEqual([
          'asset-1',
          'asset-2',
          'asset-3',
        ])
      })
    }

    it('refuses a body in which no page can be asked for, and one that is nothing to JSON', async () => {
      await start({ ...search, allPages: true })
      for (const payload of ['text', '[1]', 7, [body]])
        should(await failureOf({ payload })).match({ code: 'INPUT_INVALID', message: /All pages/ })
      for (const payload of [new Map([['a', 1]]), new Set([1]), Buffer.from([0xff, 0xfe, 0x00])])
        should(await failureOf({ payload })).match({ code: 'INPUT_INVALID', message: /^The body (is|cannot) / })
    })

    it('takes each plain value in its query, and refuses what a URL cannot hold by its name', async () => {
      await start({ ...search, path: '/connect-service/v2.1/devices' })
      const good = {
        action: 'search',
        withChildren: true,
        limit: 5,
        big: 12345678901234567890n,
        kinds: ['a', 'b'],
        none: null,
      }
      should((await flow.run('node', { payload: {}, query: good })).payload).be.an.Array()
      for (const wrong of [{ a: 1 }, [{ a: 1 }], [[1]], Number.NaN, new Date(), [null], new Map()]) {
        should(await failureOf({ payload: {}, query: { ...good, filter: wrong } })).match({
          code: 'INPUT_INVALID',
          message: /^The query parameter "filter" has to be/,
        })
      }
    })

    it('says so where a method without a body cannot ask for all pages, instead of repeating the first', async () => {
      const server = await startServer((request, response) => {
        const isToken = request.url?.includes('/token/')
        const token = { status: 0, data: { accessToken: 'T', expire: 7200 } }
        const page = { code: 0, data: [{ id: 1 }], pagination: { pageNo: 1, pageSize: 1, totalSize: 3 } }
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(isToken ? token : page))
      })
      await start(
        { type: 'enos-call-api', method: 'GET', path: '/x', allPages: true },
        { app: { gatewayUrl: server.url } },
      )
      const error = await failureOf({})
      await server.close()
      should(error).match({ code: 'INPUT_INVALID', message: /GET request has no body/ })
    })
  })

  describe('that is a secret and is not there', () => {
    const senders: [
      title: string,
      node: Settings & { type: string },
      id: string,
      secret: string,
      msg: Settings,
      at: string,
    ][] = [
      [
        'a device',
        { type: 'enos-post-measurepoint', channel: 'device' },
        'device',
        'deviceSecret',
        { payload: { a: 1 } },
        'pK11111/dK987654',
      ],
      [
        'the integration channel',
        { type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1' },
        'app',
        'appSecret',
        { payload: { a: 1 } },
        'asset-1',
      ],
      [
        'Thing+',
        { type: 'thingplus-send-value' },
        'client',
        'password',
        { gatewayId, payload: { temperature: 1 } },
        `${gatewayId}/temperature`,
      ],
    ]
    for (const [title, node, id, secret, msg, at] of senders) {
      for (const [missing, code] of [
        ['', 'CONFIG_INCOMPLETE'],
        ['$'.concat('{FIELD_NONE}'), 'CONFIG_ENV_UNSET'],
      ] as const) {
        it(`costs no value sent to ${title} through an outbox: it waits, red, for the secret (${code})`, async () => {
          const lost = { [id]: { credentials: { [secret]: missing } } }
          await start({ ...node, outbox: 'outbox' }, lost)
          const isDone = flow.completed('node')
          const isRed = flow.status('node', 'red')
          flow.send('node', msg)
          await isDone
          should((await isRed).text).match(/1/)
          await stopFlow()
          await start({ ...node, outbox: 'outbox' })
          while (pointsOf(at).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
          should(pointsOf(at)).have.length(1)
        })

        it(`is told by name to who sends at once to ${title} (${code})`, async () => {
          await start(node, { [id]: { credentials: { [secret]: missing } } })
          const name = missing ? /FIELD_NONE/ : new RegExp(`missing: ${fieldLabel(typeWithId(id), secret)}\\.$`)
          should(await failureOf(msg)).match({ code, message: name })
        })
      }
    }
  })

  describe('in the form of a configuration', () => {
    it('is tried as the runtime will take it: a secret that names a variable, variables of tab and global', async () => {
      const env = (name: string, value: string) => [{ name, value, type: 'str' }]
      const { port } = new URL(simulator.url)
      const variable = (name: string) => '$'.concat(`{${name}}`)
      process.env['FIELD_SECRET'] = 'ds54321'
      const device = {
        brokerUrl: `http://127.0.0.1:${variable('FIELD_PORT')}`,
        productKey: variable('FIELD_KEY'),
        z: 'tab',
      }
      const credentials = { deviceSecret: variable('FIELD_SECRET') }
      await start({ type: 'enos-auth', mode: 'session' }, { device: { ...device, credentials } }, [
        { id: 'tab', type: 'tab', env: env('FIELD_KEY', 'pK11111') },
        { id: 'global', type: 'global-config', env: env('FIELD_PORT', port) },
      ])
      should(await failureOf({})).be.undefined()
      const form = { ...configurations('')[1], ...device, deviceSecret: '__PWRD__' }
      const answer = await testForm('enos-device', form, { id: 'device', z: 'tab' })
      should(answer.findings).matchEach(({ ok }: { ok: boolean }) => should(ok).be.true())
      const typed = await testForm(
        'enos-device',
        { ...form, deviceSecret: variable('FIELD_SECRET') },
        { id: 'new', z: 'tab' },
      )
      should(typed.findings).matchEach(({ ok }: { ok: boolean }) => should(ok).be.true())
      should((await testForm('enos-device', { ...form, deviceSecret: variable('FIELD_NONE') })).message).match(
        /FIELD_NONE is not set|FIELD_KEY is not set/,
      )
    })
  })
})
