import { configurations, demoCredentials } from '../nodes/enos'

const device = { productKey: 'pK11111', deviceKey: 'dK987654' }

/** The nodes that send the load, by what lies in their loop. */
export type LoadId =
  | 'nothing'
  | 'post-direct'
  | 'post-by-hand'
  | 'call-direct'
  | 'call-by-hand'
  | 'post-outbox'
  | 'batch-by-hand'
  | 'idle-lanes'
  | 'influx-1'
  | 'influx-2'

const load = (id: LoadId, first: string, more: { awaitsLogin?: boolean; doneBy?: string } = {}) => ({
  id,
  type: 'bench-load',
  z: 'tab',
  ...more,
  wires: [[first]],
})
const functionNode = (id: string, code: string, wires: string[], more: object = {}) => ({
  id,
  type: 'function',
  z: 'tab',
  outputs: 1,
  func: code,
  libs: [{ var: 'crypto', module: 'crypto' }],
  ...more,
  wires: [wires],
})
const httpRequest = (id: string, next: string, more: object = {}) => ({
  id,
  type: 'http request',
  z: 'tab',
  method: 'use',
  ret: 'obj',
  paytoqs: 'ignore',
  url: '',
  persist: true,
  wires: [[next]],
  ...more,
})
const outboxNode = {
  id: 'outbox',
  type: 'cloud-outbox',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the environment's variable, as a user writes it
  folder: '${OUTBOX_FOLDER}',
  maxMegabytes: '8192',
  freeFloorMegabytes: '1',
}
const tab = { id: 'tab', type: 'tab', label: 'bench' }

/** What a Node-RED without the package can run: the load through an empty function node. */
export const plainFlow = (): object[] => [tab, load('nothing', 'pass'), functionNode('pass', 'return msg', ['nothing'])]

/** Every path to the cloud: ours, and the ones that a user wires by hand today. */
export const fullFlow = (url: string): object[] =>
  placed([
    ...plainFlow(),
    ...configurations(url).map((node) => ({
      ...node,
      credentials: demoCredentials[node.id as keyof typeof demoCredentials],
    })),
    outboxNode,
    ...ours(),
    ...byHand(url),
  ])

/** As many lanes of an outbox, each of a device with a session of its own. */
export const idleFlow = (url: string, lanes: number): object[] => {
  const numbers = Array.from({ length: lanes }, (_, at) => at)
  return placed([
    tab,
    outboxNode,
    { ...load('idle-lanes', '', { doneBy: `lane-${lanes - 1}` }), wires: [numbers.map((at) => `lane-${at}`)] },
    ...numbers.flatMap((at) => [
      {
        id: `device-${at}`,
        type: 'enos-device',
        brokerUrl: url,
        productKey: device.productKey,
        deviceKey: `d${at}`,
        lifetimeMs: 3_600_000,
        credentials: { deviceSecret: `secret-of-d${at}` },
      },
      post(`lane-${at}`, { device: `device-${at}`, outbox: 'outbox', wires: [[]] }),
    ]),
  ])
}

/** The batch nodes of node-red-contrib-influxdb, for either version of the database. */
export const influxFlow = (port: number): object[] => {
  const batch = (id: string, more: object) => ({
    id,
    type: 'influxdb batch',
    z: 'tab',
    precision: 'ms',
    wires: [],
    ...more,
  })
  return placed([
    tab,
    {
      id: 'first',
      type: 'influxdb',
      influxdbVersion: '1.x',
      hostname: '127.0.0.1',
      port: String(port),
      database: 'plant',
    },
    {
      id: 'second',
      type: 'influxdb',
      influxdbVersion: '2.0',
      url: `http://127.0.0.1:${port}`,
      credentials: { token: 'any' },
    },
    load('influx-1', 'batch-1', { doneBy: 'batch-1' }),
    batch('batch-1', { influxdb: 'first' }),
    load('influx-2', 'batch-2', { doneBy: 'batch-2' }),
    batch('batch-2', { influxdb: 'second', org: 'plant', bucket: 'pumps', precisionV18FluxV20: 'ms' }),
  ])
}

/** On the canvas: what has no place is a configuration to Node-RED. */
const placed = (nodes: readonly object[]): object[] =>
  nodes.map((node) => ('z' in node ? { ...node, x: 0, y: 0 } : node))

const post = (id: string, more: object) => ({
  id,
  type: 'enos-post-measurepoint',
  z: 'tab',
  channel: 'device',
  device: 'device',
  timeliness: 'by-age',
  ...more,
})

const ours = (): object[] => [
  load('post-direct', 'direct'),
  post('direct', { wires: [['post-direct']] }),
  load('post-outbox', 'durable', { doneBy: 'durable' }),
  post('durable', { outbox: 'outbox', wires: [[]] }),
  load('call-direct', 'call'),
  {
    id: 'call',
    type: 'enos-call-api',
    z: 'tab',
    app: 'app',
    method: 'GET',
    path: '/connect-service/v2.1/devices',
    query: JSON.stringify({ action: 'get', ...device }),
    wires: [['call-direct']],
  },
  ...(['direct', 'call'] as const).map((id) => ({
    id: `catch-${id}`,
    type: 'catch',
    z: 'tab',
    scope: [id],
    wires: [[`${id === 'direct' ? 'post' : 'call'}-direct`]],
  })),
]

/**
 * The hand-wired flows at their best: one login kept for all messages, keep-alive, a body built in one function node.
 * They do not log in again, and lose what fails.
 */
const byHand = (url: string): object[] => {
  const topic = `${url}/topic/sys/${device.productKey}/${device.deviceKey}/thing/measurepoint`
  return [
    ...deviceLogin(url),
    load('post-by-hand', 'build', { awaitsLogin: true }),
    functionNode(
      'build',
      `const { time, ...measurepoints } = msg.payload
      msg.method = 'POST'
      msg.url = '${topic}/post?sessionId=' + flow.get('session')
      msg.headers = { 'content-type': 'application/json; charset=utf-8' }
      msg.payload = { id: msg._msgid, version: '1.0', method: 'thing.measurepoint.post', params: { measurepoints, time } }
      return msg`,
      ['request'],
    ),
    httpRequest('request', 'post-by-hand'),
    load('batch-by-hand', 'batch', { awaitsLogin: true }),
    { id: 'batch', type: 'batch', z: 'tab', mode: 'count', count: 100, overlap: 0, wires: [['join']] },
    functionNode(
      'join',
      `const params = context.get('params') ?? []
      const { time, ...measurepoints } = msg.payload
      params.push({ measurepoints, time })
      if (params.length < msg.parts.count) {
        context.set('params', params)
        return null
      }
      context.set('params', [])
      return {
        credit: params.length,
        method: 'POST',
        url: '${topic}/post/batch?sessionId=' + flow.get('session'),
        headers: { 'content-type': 'application/json; charset=utf-8' },
        payload: { id: msg._msgid, version: '1.0', method: 'thing.measurepoint.post.batch', params },
      }`,
      ['batch-request'],
    ),
    httpRequest('batch-request', 'batch-by-hand'),
    ...tokenLogin(url),
    load('call-by-hand', 'sign', { awaitsLogin: true }),
    functionNode(
      'sign',
      `const query = { action: 'get', orgId: 'o-demo', ...${JSON.stringify(device)} }
      const text = Object.keys(query).sort().map((name) => name + query[name]).join('')
      const token = flow.get('token')
      const timestamp = Date.now()
      msg.method = 'GET'
      msg.url = '${url}/connect-service/v2.1/devices?' + new URLSearchParams(query)
      msg.headers = {
        'apim-accesstoken': token,
        'apim-timestamp': String(timestamp),
        'apim-signature': crypto.createHash('sha256').update(token + text + timestamp + 'demo-secret').digest('hex'),
      }
      delete msg.payload
      return msg`,
      ['call-request'],
    ),
    httpRequest('call-request', 'call-by-hand'),
  ]
}

const deviceLogin = (url: string): object[] => [
  once('log-in', 'device-sign'),
  functionNode(
    'device-sign',
    `const text = 'deviceKey${device.deviceKey}lifetime3600000productKey${device.productKey}signMethodsha256ds54321'
    const sign = crypto.createHash('sha256').update(text).digest('hex')
    return {
      method: 'POST',
      url: '${url}/auth/${device.productKey}/${device.deviceKey}',
      headers: { 'content-type': 'application/json' },
      payload: { signMethod: 'sha256', lifetime: '3600000', sign },
    }`,
    ['device-request'],
  ),
  httpRequest('device-request', 'keep-session'),
  functionNode('keep-session', `flow.set('session', msg.payload.data.sessionId); return { isLogin: true }`, [
    'post-by-hand',
    'batch-by-hand',
  ]),
]

const tokenLogin = (url: string): object[] => [
  once('get-token', 'token-sign'),
  functionNode(
    'token-sign',
    `const timestamp = Date.now()
    const encryption = crypto.createHash('sha256').update('demo-app' + timestamp + 'demo-secret').digest('hex')
    return {
      method: 'POST',
      url: '${url}/apim-token-service/v2.0/token/get',
      headers: { 'content-type': 'application/json' },
      payload: { appKey: 'demo-app', encryption, timestamp },
    }`,
    ['token-request'],
  ),
  httpRequest('token-request', 'keep-token'),
  functionNode('keep-token', `flow.set('token', msg.payload.data.accessToken); return { isLogin: true }`, [
    'call-by-hand',
  ]),
]

const once = (id: string, next: string) => ({
  id,
  type: 'inject',
  z: 'tab',
  once: true,
  onceDelay: 0.1,
  props: [],
  wires: [[next]],
})
