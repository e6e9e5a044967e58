import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { startFlow, startRuntime, stopFlow, stopRuntime, type TestMessage } from './flow'
import { configuration, type ThingPlusState, thingplusTypes } from './thingplus'

/** The vendor's guide, a node for each step, as an integrator wires it: what a step needs, the one before has left. */
const guide = {
  createClient: { type: 'thingplus-create-client', clientName: 'Guide client' },
  auth: { type: 'thingplus-auth' },
  sites: { type: 'thingplus-get', resource: 'sites' },
  gatewayModel: { type: 'thingplus-get', resource: 'gatewayModel', gatewayModelId: '52' },
  gateway: { type: 'thingplus-register-gateway', gatewayName: 'Open Gateway 1' },
  device: { type: 'thingplus-register-device', deviceName: 'Open Gateway Device 1' },
  humidity: { type: 'thingplus-register-sensor', sensorName: 'Humidity sensor', sensorType: 'humidity' },
  temperature: { type: 'thingplus-register-sensor', sensorName: 'Temperature sensor', sensorType: 'temperature' },
  status: { type: 'thingplus-send-status' },
  oneValue: {
    type: 'thingplus-send-value',
    values: '{ "value": 36.5, "time": startMs }',
    valuesType: 'jsonata',
  },
  manyValues: {
    type: 'thingplus-send-value',
    values: '[1..3].{ "value": 40 - $, "time": $$.startMs + 1000 * (4 - $) }',
    valuesType: 'jsonata',
  },
  gatewaySensors: { type: 'thingplus-get', resource: 'sensors' },
  valuesOfSensors: {
    type: 'thingplus-send-value',
    sensorId: '',
    sensorIdType: 'str',
    values: 'payload{ id: { "value": type = "humidity" ? 44 : 40, "time": $$.startMs + 9000 } }',
    valuesType: 'jsonata',
  },
  series: {
    type: 'thingplus-get',
    resource: 'series',
    dataStart: 'startMs',
    dataStartType: 'msg',
    interval: '0',
  },
}
type Step = keyof typeof guide
const steps = Object.keys(guide) as Step[]

/** An account of which nobody has made anything: one user, one site. */
const emptyAccount = { thingplus: { clients: [] } }
const credentials = { client: { clientSecret: 'guide-secret', password: 'demo-password' } }

describe('The Thing+ guide as a flow', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: emptyAccount })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  const state = () => simulator.state()['thingplus'] as ThingPlusState

  /** Starts the flow, sends one message through all of it, and gives what each step put out. */
  const walk = async (startMs: number): Promise<Record<Step, TestMessage>> => {
    const nodes = steps.map((id, index) => ({
      id,
      ...guide[id],
      client: 'client',
      wires: [['out', ...steps.slice(index + 1, index + 2)]],
    }))
    const flow = await startFlow(
      thingplusTypes,
      [{ ...configuration(simulator.url), clientId: 'guideClient' }, ...nodes],
      credentials,
    )
    const failed = flow.next('caught').then(({ error }) => Promise.reject(new Error(error?.message)))
    flow.send('createClient', { startMs })
    while (flow.received('out').length < steps.length) await Promise.race([flow.next('out'), failed])
    const outputs = Object.fromEntries(steps.map((step, index) => [step, flow.received('out')[index]]))
    await stopFlow()
    return outputs as Record<Step, TestMessage>
  }

  it('walked twice from an empty account registers nothing twice, and ends in the same items and outputs', async () => {
    const startMs = Date.parse('2017-05-25T12:35:34.508Z')
    const first = await walk(startMs)
    const { statuses, valuesAccepted, sensors, ...items } = state()
    const second = await walk(startMs + 60_000)
    const after = state()

    should(items).have.property('gateways').with.length(1)
    should(items).have.property('devices').with.length(1)
    should(items.clients).matchAny({ id: 'guideClient', scopes: ['gateway', 'site-read'] })
    should(sensors.map(({ type, values }) => [type, values])).deepEqual([
      ['humidity', 1],
      ['temperature', 5],
    ])
    should(after).containEql(items)
    should(after.sensors).deepEqual(sensors.map((sensor) => ({ ...sensor, values: 2 * sensor.values })))
    should(after.statuses.map(({ target, value }) => [target, value])).deepEqual(
      statuses.map(({ target, value }) => [target, value]),
    )
    should([valuesAccepted, after.valuesAccepted]).deepEqual([6, 12])

    for (const step of ['createClient', 'gateway', 'device', 'humidity', 'temperature'] as const) {
      should(first[step]).containEql({ created: true, statusCode: 201 })
      should(second[step]).containEql({ created: false, statusCode: 200, payload: first[step].payload })
    }
    for (const step of ['sites', 'gatewayModel', 'gatewaySensors'] as const) {
      should(second[step].payload).deepEqual(first[step].payload)
    }
    for (const { payload } of [first.status, second.status]) {
      const told = (payload as { sensorId?: string; value: string }[]).map(({ sensorId, value }) => [sensorId, value])
      should(told).deepEqual([undefined, first.humidity.sensorId, first.temperature.sensorId].map((id) => [id, 'on']))
    }
    for (const [outputs, fromMs] of [
      [first, startMs],
      [second, startMs + 60_000],
    ] as const) {
      should(outputs.manyValues.payload).deepEqual([
        { sensorId: first.temperature.sensorId, accepted: 3, firstTimeMs: fromMs + 1000, lastTimeMs: fromMs + 3000 },
      ])
      should(outputs.series.payload)
        .have.property('points')
        .deepEqual(
          [
            [36.5, 0],
            [37, 1000],
            [38, 2000],
            [39, 3000],
            [40, 9000],
          ].map(([value, afterMs = 0]) => ({ value: String(value), timeMs: fromMs + afterMs })),
        )
    }
  })
})
