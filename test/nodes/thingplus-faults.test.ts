import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { HastyClock } from '../field/hasty-clock'
import { startSimulator } from '../ports'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { configuration, demoCredentials, gatewayId, type ThingPlusState, thingplusTypes } from './thingplus'
import {
  type BadMessage,
  badMessages,
  good,
  neighbourhood,
  registerGateway,
  sendStatus,
  sendValue,
} from './thingplus-bad-messages'

const refusedTime = { statusCode: 400, cloudCode: 'INVALID_INPUT' }

describe('A Thing+ node that meets a mistake', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  // What the cloud does not know is tried for a minute.
  const clock = new HastyClock()
  before(startRuntime)
  after(async () => {
    clock.end()
    await stopRuntime()
  })
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: neighbourhood } })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  const state = () => simulator.state()['thingplus'] as ThingPlusState
  const values = (sensorId: string) => simulator.points(`${gatewayId}/${sensorId}`)?.map((point) => point.values.value)
  const start = async (
    node: BadMessage['node'],
    changes: Record<string, unknown> = {},
    credentials: typeof demoCredentials = demoCredentials,
  ) => {
    flow = await startFlow(
      [clock.installed, ...thingplusTypes],
      [
        { ...configuration(simulator.url), ...changes },
        { id: 'node', client: 'client', wires: [['out']], ...node },
      ],
      credentials,
    )
  }

  for (const { title, node, msg, code, text, cause } of badMessages) {
    it(`answers ${title} with ${code} on Catch, leaves the payload as it was, and takes the next message`, async () => {
      await start(node)
      const caught = flow.next('caught')
      const bad = { ...good, ...msg, topic: 'kept' }
      flow.send('node', bad)
      const { error, payload, topic } = await caught
      should(error).containEql({ code })
      should(error?.message).match(text)
      should(error?.cause).deepEqual(cause)
      should(payload).eql(bad.payload)
      should(topic).equal('kept')
      const completed = flow.next('completed')
      await flow.run('node', { ...good })
      await completed
      flow.received('caught').length.should.equal(1)
      flow.received('completed').length.should.equal(1)
    })
  }

  it('names the value of 10,000 that is wrong, and sends none of them', async () => {
    await start(sendValue)
    const caught = flow.next('caught')
    const payload: unknown[] = Array.from({ length: 10_000 }, (_, index) => index)
    payload[6_999] = 'warm'
    flow.send('node', { ...good, payload })
    should((await caught).error?.message).match(/value 7000 of 10000 \("warm"\)/i)
    state().valuesAccepted.should.equal(0)
  })

  it('sends 10,000 values of one message complete, in order and in one request', async () => {
    await start(sendValue)
    await flow.run('node', { ...good, payload: { value: -1, time: '2026-01-31T07:00Z' } })
    const before = simulator.state()['requests'] as number
    const first = Date.parse('2026-01-31T08:00Z')
    const payload = Array.from({ length: 10_000 }, (_, index) => ({ value: index, time: first + 1000 * index }))
    await flow.run('node', { ...good, payload: payload.toReversed() })
    should(simulator.state()['requests']).equal(before + 1)
    should(values('temperature')?.slice(1)).deepEqual(payload.map(({ value }) => String(value)))
  })

  it('reports that the cloud refuses values older than the latest, with its code, and takes newer ones', async () => {
    await start(sendValue)
    await flow.run('node', { ...good })
    const caught = flow.next('caught')
    flow.send('node', { ...good, payload: { value: 1, time: '2017-05-25T12:00Z' } })
    const { error } = await caught
    should(error).containEql({ code: 'VALIDATION_REFUSED' })
    should(error?.cause).deepEqual(refusedTime)
    await flow.run('node', { ...good })
    state().valuesAccepted.should.equal(2)
  })

  it('names the sensors of a message that failed and sends the values of the others', async () => {
    await start(sendValue)
    const caught = flow.next('caught')
    flow.send('node', { ...good, sensorId: undefined, payload: { temperature: 20, nobody: 1, door: 'ajar' } })
    const { error } = await caught
    should(error).containEql({ code: 'PARTIAL_FAILURE' })
    should(error?.message).match(/2 of 3 sensors[\s\S]*nobody: NOT_FOUND[\s\S]*door: INPUT_INVALID/)
    should(values('temperature')).deepEqual(['20'])
  })

  it('logs in again when the token expires in mid-flow, and nobody notices', async () => {
    await start(sendValue)
    await flow.run('node', { ...good })
    simulator.setFaults([{ kind: 'token-expired', times: 1 }])
    should((await flow.run('node', { ...good })).payload).containDeep([{ accepted: 1 }])
    state().valuesAccepted.should.equal(2)
    flow.received('caught').length.should.equal(0)
  })

  const wrong = (secrets: Partial<typeof demoCredentials.client>) => ({
    client: { ...demoCredentials.client, ...secrets },
  })
  type Configuration = [
    title: string,
    code: string,
    text: RegExp,
    changes: Record<string, unknown>,
    secrets?: typeof demoCredentials,
  ]
  const configurations: Configuration[] = [
    [
      'a wrong password',
      'AUTH_REFUSED',
      /password is wrong.*incorrect_user_credentials/,
      {},
      wrong({ password: 'MARK' }),
    ],
    [
      'a wrong client secret',
      'AUTH_REFUSED',
      /client secret is wrong.*incorrect_client_credentials/,
      {},
      wrong({ clientSecret: 'MARK' }),
    ],
    ['a revoked user', 'AUTH_REFUSED', /no longer exists.*unauthorized_user/, { userName: 'revoked' }],
    ['a digest that is none', 'CONFIG_INVALID', /32 hexadecimal digits/, { passwordForm: 'digest' }],
    ['a missing secret', 'CONFIG_INCOMPLETE', /missing: Client secret\.$/, {}, wrong({ clientSecret: '' })],
    ['a missing URL', 'CONFIG_INCOMPLETE', /API base URL/, { baseUrl: '' }],
    ['a URL without https://', 'CONFIG_INVALID_URL', /https:\/\//, { baseUrl: 'api.thingplus.net/v2' }],
    ['an unreachable host', 'NETWORK_UNREACHABLE', /No connection/, { baseUrl: 'http://127.0.0.1:9/v2' }],
    ['an unknown dialect', 'CONFIG_INVALID', /2017-04/, { dialect: '2016' }],
  ]
  for (const [title, code, text, changes, secrets] of configurations) {
    it(`answers ${title} with ${code} on Catch, and works once it is corrected`, async () => {
      await start(sendValue, changes, secrets)
      const caught = flow.next('caught')
      flow.send('node', { ...good })
      const msg = await caught
      should(msg.error).containEql({ code })
      should(msg.error?.message).match(text)
      should(msg.payload).equal(good.payload)
      JSON.stringify(msg).should.not.match(/MARK|demo-/)
      await flow.status('node', 'red')
      await stopFlow()
      await start(sendValue)
      should((await flow.run('node', { ...good })).payload).containDeep([{ accepted: 1 }])
    })
  }

  it('says so when the portal refuses the login of create client', async () => {
    await start({ type: 'thingplus-create-client', clientName: 'Plant' }, {}, wrong({ password: 'MARK' }))
    const caught = flow.next('caught')
    flow.send('node', { payload: 'kept' })
    const msg = await caught
    should(msg.error).containEql({ code: 'AUTH_REFUSED' })
    should(msg.error?.message).match(/portal refuses the login/)
    should(msg.payload).equal('kept')
  })

  it('says so when the user is deleted while the flow runs', async () => {
    await start(sendValue)
    await flow.run('node', { ...good })
    const login = await fetch(`${simulator.url}/v2/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ loginId: 'serviceadmin', password: 'demo-password' }),
    })
    const cookie = String(login.headers.get('set-cookie')).split(';')[0] ?? ''
    should(await fetch(`${simulator.url}/v2/users/1`, { method: 'DELETE', headers: { cookie } })).have.property(
      'status',
      204,
    )
    const caught = flow.next('caught')
    flow.send('node', { ...good })
    should((await caught).error).containEql({ code: 'AUTH_REFUSED' })
  })

  const lineFaults: [title: string, fault: Parameters<Simulator['setFaults']>[0][number], code: string][] = [
    ['429', { kind: 'throttled', retryAfterSeconds: 7 }, 'THROTTLED'],
    ['503', { kind: 'server-error' }, 'CLOUD_ERROR'],
    ['a reset', { kind: 'reset' }, 'NETWORK_INTERRUPTED'],
    ['torn JSON', { kind: 'bad-json' }, 'RESPONSE_UNREADABLE'],
  ]
  for (const [title, fault, code] of lineFaults) {
    it(`answers ${title} of the cloud with ${code}, once, and goes on`, async () => {
      await start(sendValue)
      await flow.run('node', { ...good })
      simulator.setFaults([{ ...fault, path: '/series', times: 1 }])
      const caught = flow.next('caught')
      flow.send('node', { ...good })
      should((await caught).error).have.property('code', code)
      await flow.run('node', { ...good })
      flow.received('caught').length.should.equal(1)
    })
  }

  for (const node of [sendValue, sendStatus, registerGateway]) {
    it(`stops ${node.type} when it is deployed again while requests hang`, async () => {
      await start(node)
      await flow.run('node', { ...good })
      simulator.setFaults([{ kind: 'slow', delayMs: 60_000 }])
      const before = simulator.state()['requests'] as number
      for (let count = 0; count < 5; count++) flow.send('node', { ...good })
      while ((simulator.state()['requests'] as number) === before) await new Promise((resolve) => setImmediate(resolve))
      const since = performance.now()
      await stopFlow()
      // Node-RED itself gives up after 15 s.
      ;(performance.now() - since).should.be.below(12_000)
    })
  }
})
