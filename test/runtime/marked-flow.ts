import { configurations } from '../nodes/enos'
import { configuration, gatewayId } from '../nodes/thingplus'

export interface MarkedSecrets {
  appKey: string
  appSecret: string
  deviceSecret: string
  clientSecret: string
  password: string
}

/** Secrets that are found again wherever they go, in every encoding. */
export const markedSecrets = (name: string): MarkedSecrets => ({
  appKey: `MARK-${name}-app-key-51c2`,
  appSecret: `MARK ${name}/app+secret&ü=7d1f"`,
  deviceSecret: `MARK ${name}/device+secret&ü=c93a`,
  clientSecret: `MARK ${name}/client+secret&ü=40be`,
  password: `MARK ${name}/pass+word&ü=e826`,
})

export interface MarkedPlant {
  /** Prefix of all ids. */
  name: string
  url: string
  secrets: MarkedSecrets
  /** Ids of Node-RED's own configurations. */
  tls?: string
  proxy?: string
}

const json = (name: string, value: unknown) => ({ [name]: JSON.stringify(value), [`${name}Type`]: 'json' })
const text = (fields: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => [
      [name, value],
      [`${name}Type`, 'str'],
    ]),
  )

/** The three cloud configurations of a plant, with credentials. */
export function configurationsOf({ name, url, secrets, tls, proxy }: MarkedPlant) {
  const { appKey, appSecret, deviceSecret, clientSecret, password } = secrets
  const credentials: Record<string, object> = {
    'enos-app': { appKey, appSecret },
    'enos-device': { deviceSecret },
    'thingplus-client': { clientSecret, password },
  }
  return [...configurations(url), configuration(url)].map((node) => ({
    ...node,
    id: `${name}-${node.id}`,
    name,
    ...(tls ? { tls } : {}),
    ...(proxy ? { proxy } : {}),
    credentials: credentials[node.type],
  }))
}

/** Every flow node of the package that talks to a cloud, once at once and once through the outbox, behind one button. */
export function plantFlow(plant: MarkedPlant) {
  const { name, url } = plant
  const app = { app: `${name}-app` }
  const device = { channel: 'device', device: `${name}-device`, timeField: 'time' }
  const integration = { channel: 'integration', ...app, ...text({ assetId: 'asset-1' }), timeField: 'time' }
  const client = { client: `${name}-client` }
  const sensor = { ...client, ...text({ gatewayId, sensorId: 'temperature' }), timeField: 'time' }
  const values = json('values', { temp: 1 })
  const model = json('model', { thingModelId: 'Pump', thingMeasurepointMap: {} })
  const sending = [
    { type: 'enos-post-measurepoint', ...device, ...values },
    { type: 'enos-post-measurepoint', ...integration, ...values },
    { type: 'enos-update-attribute', ...device, ...values },
    { type: 'enos-post-event', ...device, ...values, ...text({ eventId: 'e' }) },
    // Refused: its outbox keeps it as a dead letter.
    { type: 'enos-post-measurepoint', ...device, ...json('values', { typo: 1 }) },
    { type: 'thingplus-send-value', ...sensor, ...json('values', 21.5) },
    { type: 'thingplus-send-status', ...sensor, target: 'gateway', ...text({ statusValue: 'on' }) },
  ]
  const asking = [
    { type: 'enos-call-api', ...app, ...text({ method: 'GET', path: '/connect-service/v2.1/products?action=search' }) },
    { type: 'enos-call-api', ...app, ...text({ method: 'POST', path: '/x' }), ...json('body', { a: 1 }) },
    { type: 'enos-upload-model', ...app, ...model, method: 'by-file', patch: true, authorisation: 'signed' },
    { type: 'enos-upload-model', ...app, ...model, method: 'by-file', patch: true, authorisation: 'bearer' },
    ...['sites', 'gateways', 'me'].map((resource) => ({ type: 'thingplus-get', ...client, resource })),
    { type: 'thingplus-register-gateway', ...client, ...text({ gatewayName: `GW ${name}` }) },
    { type: 'thingplus-register-device', ...client, ...text({ gatewayId, deviceName: 'D' }) },
    {
      type: 'thingplus-register-sensor',
      ...sensor,
      ...text({ deviceId: 'device', sensorName: 'S', sensorType: 'temperature' }),
    },
    { type: 'thingplus-create-client', ...client, ...text({ clientName: `Client ${name}` }) },
  ]
  // Their output is the secret itself; it goes nowhere.
  const giving = [
    { type: 'enos-auth', mode: 'token', ...app },
    { type: 'enos-auth', mode: 'session', device: `${name}-device` },
    { type: 'enos-auth', mode: 'sign', ...app, ...text({ method: 'GET', url: `${url}/x` }), ...json('headers', {}) },
    { type: 'thingplus-auth', ...client },
  ]
  const nodes = [
    ...sending
      .flatMap((node) => [node, { ...node, outbox: 'outbox' }])
      .map((node) => ({ ...node, wires: [['shown']] })),
    ...asking.map((node) => ({ ...node, wires: [['shown']] })),
    ...giving.map((node) => ({ ...node, wires: [[]] })),
  ].map((node, index) => ({ z: 'tab', x: 100, y: 20 * index, id: `${name}-${index}`, ...node }))
  const button = {
    ...{
      z: 'tab',
      x: 100,
      y: 100,
      id: `${name}-press`,
      type: 'inject',
      props: [{ p: 'payload' }],
      payload: '1',
      payloadType: 'num',
    },
    wires: [nodes.map(({ id }) => id)],
  }
  return {
    types: new Set(nodes.map(({ type }) => type)),
    messages: nodes.length,
    nodes: [...configurationsOf(plant), button, ...nodes],
  }
}

/** Where a flow's author looks: debug nodes that print everything, and a context that is kept in files. */
export const watchers = [
  {
    z: 'tab',
    x: 500,
    y: 40,
    id: 'shown',
    type: 'debug',
    active: true,
    tosidebar: true,
    console: true,
    complete: 'true',
    targetType: 'full',
  },
  { z: 'tab', x: 300, y: 40, id: 'caught', type: 'catch', scope: null, uncaught: false, wires: [['shown', 'kept']] },
  { z: 'tab', x: 300, y: 80, id: 'statuses', type: 'status', scope: null, wires: [['shown']] },
  { z: 'tab', x: 300, y: 120, id: 'completed', type: 'complete', scope: [] as string[], wires: [['kept']] },
  {
    ...{
      z: 'tab',
      x: 500,
      y: 120,
      id: 'kept',
      type: 'function',
      outputs: 0,
      wires: [],
    },
    func: `
      const count = (context.get('count') ?? 0) + 1
      context.set('count', count)
      if (msg.error) flow.set('caught' + count, util.inspect(msg.error, { depth: 10, showHidden: true }) + JSON.stringify(msg.error), 'file')
      node.status({ text: String(count) })`,
  },
]
