import { hashSync } from 'bcryptjs'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { startServer } from '../http/server'
import { configurations, demoCredentials } from '../nodes/enos'
import {
  configuration,
  gatewayId,
  seed as thingplus,
  demoCredentials as thingplusCredentials,
} from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage } from './packed-package'

interface Answer {
  choices?: { value: string; label: string; detail?: string }[]
  more?: boolean
  code?: string
  message?: string
}

const deviceCount = 250
const devices = Array.from({ length: deviceCount }, (_, index) => ({
  productKey: index === 0 ? 'pK11111' : 'pump',
  deviceKey: index === 0 ? 'dK987654' : `pump-${index}`,
  deviceSecret: index === 0 ? 'ds54321' : 'MARK-device-secret',
  assetId: `asset-${index}`,
  modelId: 'Pump',
  name: index === 0 ? 'The first' : `Pump ${index}`,
}))
const models = [
  {
    modelId: 'Pump',
    name: 'A pump',
    measurepoints: {
      temp: { dataType: 'DOUBLE', name: { defaultValue: 'Temperature' }, unit: { unitId: '°C', multiplier: 'ONE' } },
      power: { dataType: 'FLOAT', unit: { unitId: 'W', multiplier: 'KILO' }, hasQuality: true },
    },
    events: { dryRun: { name: { defaultValue: 'Dry run' } } },
  },
]
const products = [{ productKey: 'pump', name: 'Pumps', modelId: 'Pump', productSecret: 'MARK-product-secret' }]
const seed = { enos: { devices, models, products }, thingplus }

const user = (username: string, permissions: string) => ({ username, permissions, password: hashSync(username, 4) })

describe('The lists of choices that dialogs fill', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0, seed })
    nodeRed = await startNodeRed(installed.userDir)
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...[...configurations(simulator.url), configuration(simulator.url)].map((node) => ({
        ...node,
        credentials: credentials[node.id],
      })),
    ])
  })
  after(async () => {
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const app = (url = simulator.url) => ({ ...configurations(url)[0], ...demoCredentials.app })
  const client = (url = simulator.url) => ({ ...configuration(url), ...thingplusCredentials.client })
  const ask = async (kind: string, more: object = {}): Promise<Answer> => {
    const values = kind.startsWith('enos') ? app() : client()
    const answer = await fetch(`${nodeRed.url}/edgecourier/choices/${kind}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'new', values, ...more }),
    })
    return (await answer.json()) as Answer
  }

  const known: [kind: string, outer: object, choice: object][] = [
    ['enos-products', {}, { value: 'pump', label: 'Pumps', detail: 'Pump' }],
    ['enos-devices', {}, { value: 'dK987654', label: 'The first', assetId: 'asset-0', productKey: 'pK11111' }],
    ['enos-models', {}, { value: 'Pump', label: 'A pump' }],
    [
      'enos-measurepoints',
      { modelId: 'Pump' },
      { value: 'temp', label: 'Temperature', dataType: 'DOUBLE', unit: '°C' },
    ],
    ['enos-measurepoints', { assetId: 'asset-0' }, { value: 'power', unit: 'kW', hasQuality: true }],
    ['enos-events', { productKey: 'pump', deviceKey: 'pump-7' }, { value: 'dryRun', label: 'Dry run' }],
    ['thingplus-sites', {}, { value: '1', label: 'default' }],
    ['thingplus-gateway-models', {}, { value: '52' }],
    ['thingplus-gateways', {}, { value: gatewayId, label: 'GW A' }],
    ['thingplus-devices', { gatewayId }, { value: 'device', label: 'Device A', detail: 'open-api-device-v1.0' }],
    ['thingplus-device-models', { gatewayId }, { value: 'open-api-device-v1.0' }],
    ['thingplus-sensors', { gatewayId }, { value: 'door', label: 'The door', sensorType: 'door', dataType: 'boolean' }],
    ['thingplus-sensor-types', { gatewayId, deviceId: 'device' }, { value: 'temperature', dataType: 'number' }],
    ['thingplus-sensor-types', {}, { value: 'humidity', dataType: 'number' }],
  ]
  for (const [kind, outer, choice] of known) {
    it(`name what the cloud has: ${kind} of ${JSON.stringify(outer)}, with a configuration that was never deployed`, async () => {
      const { choices, more } = await ask(kind, { outer })
      should(choices?.find(({ value }) => value === (choice as { value: string }).value)).match(choice)
      should(more).equal(kind === 'enos-devices')
    })
  }

  it('hold 200 choices at most and say that there are more, which a search then finds', async () => {
    const { choices, more } = await ask('enos-devices')
    should(choices).have.length(200)
    should(more).be.true()
    const valuesFor = async (search: string) =>
      (await ask('enos-devices', { search })).choices?.map(({ value }) => value)
    should(await valuesFor('Pump 249')).deepEqual(['pump-249'])
    should(await valuesFor('pump-248')).deepEqual(['pump-248'])
    should(await valuesFor('asset-247')).deepEqual(['pump-247'])
    should(await valuesFor(`no such") or modelId in ("Pump`)).deepEqual([])
  })

  it('are narrowed by each word of the search, and by the fields that they depend on', async () => {
    const search = async (kind: string, words: string, outer = {}) =>
      (await ask(kind, { search: words, outer })).choices?.map(({ value }) => value)
    should(await search('thingplus-sensors', 'LOC the', { gatewayId })).deepEqual(['location'])
    should(await search('thingplus-sensors', '', { gatewayId, deviceId: 'other' })).deepEqual([])
    should(await search('enos-products', 'umps')).deepEqual(['pump'])
    should(await search('enos-devices', '', { productKey: 'pK11111' })).deepEqual(['dK987654'])
  })

  it('say which field they depend on where it is empty, and why the cloud refuses', async () => {
    should((await ask('thingplus-sensors')).message).match(/choose the gateway first/)
    should((await ask('enos-measurepoints')).message).match(/asset id, or its product key and device key/)
    should(await ask('enos-measurepoints', { outer: { assetId: 'none' } })).have.property('code', 'NOT_FOUND')
    should(await ask('enos-products', { values: { ...app(), appSecret: 'MARK' } })).have.property(
      'code',
      'AUTH_REFUSED',
    )
  })

  it('answer with no secret: not of the application, not of devices and products', async () => {
    const answers = await Promise.all([
      ...known.map(([kind, outer]) => ask(kind, { outer })),
      ask('enos-products', { values: { ...app(), appSecret: 'MARK' } }),
      ask('thingplus-sites', { values: { ...client(), password: 'MARK' } }),
    ])
    const text = JSON.stringify(answers)
    should(text).not.match(/MARK|demo-secret|demo-client-secret|demo-password/)
  })

  it('use the stored secrets of a deployed configuration, and only for the place they are stored for', async () => {
    const secrets = { appKey: '__PWRD__', appSecret: '__PWRD__' }
    const stored = { id: 'app', values: { ...app(), ...secrets } }
    should((await ask('enos-models', stored)).choices).matchAny({ value: 'Pump' })
    let isAsked = false
    const other = await startServer((_, response) => {
      isAsked = true
      response.end()
    })
    const answer = await ask('enos-models', { id: 'app', values: { ...app(other.url), ...secrets } })
    await other.close()
    should(answer).have.property('code', 'CONFIG_INCOMPLETE')
    should(answer.message).match(/^Enter the secrets again/)
    isAsked.should.be.false()
  })

  it('log in once for several lists that follow one another', async () => {
    const own = await startSimulator({ port: 0 })
    const requests = async () =>
      ((await (await fetch(`${own.url}/_simulator/state`)).json()) as { requests: number }).requests
    await ask('thingplus-sites', { values: client(own.url) })
    const first = await requests()
    await ask('thingplus-gateways', { values: client(own.url) })
    const second = (await requests()) - first
    await own.close()
    should(first).equal(second + 1)
  })

  it('are refused within 10 s where the host is silent', async () => {
    const silent = await startServer(() => undefined)
    const since = performance.now()
    const answer = await ask('thingplus-gateways', { values: client(silent.url) })
    const tookMs = performance.now() - since
    await silent.close()
    should(answer.message).match(/No answer in time/)
    tookMs.should.be.below(20_000)
  })
})

describe('The lists of choices under adminAuth', function () {
  this.timeout(patienceMs)

  it('are for those who may change configurations, and nobody else causes a request to the cloud', async () => {
    const installed = await installPackedPackage()
    const simulator = await startSimulator({ port: 0, seed })
    const users = [user('operator', '*'), user('onlooker', 'read')]
    const nodeRed = await startNodeRed(installed.userDir, { adminAuth: { type: 'credentials', users } })
    try {
      const statusFor = async (username?: string) => {
        const token = username && (await tokenOf(nodeRed.url, username))
        const answer = await fetch(`${nodeRed.url}/edgecourier/choices/thingplus-sites`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
          body: JSON.stringify({
            id: 'new',
            values: { ...configuration(simulator.url), ...thingplusCredentials.client },
          }),
        })
        return answer.status
      }
      const requests = async () =>
        ((await (await fetch(`${simulator.url}/_simulator/state`)).json()) as { requests: number }).requests
      const before = await requests()
      should([await statusFor(), await statusFor('onlooker')]).deepEqual([401, 401])
      should(await requests()).equal(before)
      should(await statusFor('operator')).equal(200)
    } finally {
      await nodeRed.stop()
      await simulator.close()
      installed.remove()
    }
  })
})

async function tokenOf(url: string, username: string): Promise<string> {
  const answer = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: 'node-red-admin',
      grant_type: 'password',
      scope: '',
      username,
      password: username,
    }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}
