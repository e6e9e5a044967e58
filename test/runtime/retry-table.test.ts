import should from 'should'
import type { Clock } from '../../lib/core'
import { EnosDevice } from '../../lib/enos'
import { type Destination, type Lane, type LaneFigures, type Outbox, openOutbox } from '../../lib/outbox'
import { enosDestination } from '../../lib/runtime/enos-way'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import { type Fault, type Simulator, type SimulatorSettings, startSimulator } from '../../lib/simulator'
import { ThingPlus } from '../../lib/thingplus'
import { newFolder, removeFolder } from '../folder'
import { gatewayId, seed as thingplusSeed } from '../nodes/thingplus'
import { foreignGatewayId, neighbourhood } from '../nodes/thingplus-bad-messages'
import { patienceMs } from '../patience'

const waitsAtMostMs = 15_000
/** As the Thing+ nodes attach their lanes. */
const inOrder = { liveLimitMs: 0 }
const product = 'pK11111'
const strict = { modelId: 'Strict', allowAdditionalMeasurepoint: false, measurepoints: { n: { dataType: 'INT' } } }
const device = { deviceSecret: 'ds54321', modelId: 'Strict', productKey: product }
const enosSeed = {
  models: [strict],
  devices: [
    { ...device, deviceKey: 'dK987654', assetId: 'asset-1', gateway: null },
    { ...device, deviceKey: 'child', assetId: 'asset-2', gateway: `${product}/dK987654` },
    { ...device, deviceKey: 'stranger', assetId: 'asset-3', gateway: null },
  ],
}

/** Both clouds' halves of the retry table, over real HTTP: what each answer does to the records that wait. */
describe('The retry table', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let outbox: Outbox
  let lane: Lane
  let folder: string
  const opened: { close(): unknown }[] = []

  const start = async (settings: SimulatorSettings = {}, random = 0.1) => {
    simulator = await startSimulator({ port: 0, seed: { enos: enosSeed, thingplus: thingplusSeed }, ...settings })
    folder = await newFolder('retry-table')
    outbox = await openOutbox({ folder, random: () => random })
    lane = outbox.lane('lane')
  }
  afterEach(async () => {
    await outbox.close()
    for (const item of opened.splice(0)) item.close()
    await simulator.close()
    await removeFolder(folder)
  })

  const enos = (secret = 'ds54321'): Destination => {
    const session = new EnosDevice({
      brokerUrl: simulator.url,
      productKey: product,
      deviceKey: 'dK987654',
      deviceSecret: secret,
      lifetimeMs: 300_000,
    })
    opened.push(session)
    return enosDestination(session, 'measurepoint', 'by-age')
  }
  const thingplus = (password?: string): Destination => thingplusDestinations.values(thingplusClient(password))
  const thingplusClient = (password = 'demo-password', clock?: Clock) => {
    const client = new ThingPlus({
      baseUrl: `${simulator.url}/v2`,
      clientId: 'testClientId',
      clientSecret: 'demo-client-secret',
      userName: 'serviceadmin',
      password,
      clock,
    })
    opened.push(client)
    return client
  }
  const acceptEnos = (values: object[], deviceKey?: string) => {
    const time = Date.now()
    return outbox.acceptAll(
      'lane',
      values.map((measurepoints) => ({
        stream: deviceKey ?? 'own',
        payload: JSON.stringify({ ...(deviceKey ? { productKey: product, deviceKey } : {}), measurepoints, time }),
        eventTimeMs: time,
      })),
    )
  }
  const acceptThingPlus = (values: unknown[], sensorId = 'temperature', gateway = gatewayId) => {
    const time = Date.now() - 60_000
    return outbox.acceptAll(
      'lane',
      values.map((value, index) => ({
        stream: `${gateway}/${sensorId}`,
        payload: JSON.stringify({ gatewayId: gateway, sensorId, entry: { value, time: time + index } }),
        eventTimeMs: time + index,
      })),
    )
  }
  const until = async (expected: Partial<LaneFigures>) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 10))) {
      const figures = await lane.figures()
      const keys = Object.keys(expected) as (keyof LaneFigures)[]
      if (keys.every((key) => figures[key] === expected[key])) return figures
      if (Date.now() - since > waitsAtMostMs) should(figures).containEql(expected)
    }
  }
  const clouds = [
    {
      cloud: 'EnOS',
      destination: enos,
      accept: (count: number) => acceptEnos(numbers(count).map((n) => ({ n }))),
      path: '/topic',
      options: {},
    },
    {
      cloud: 'Thing+',
      destination: thingplus,
      accept: (count: number) => acceptThingPlus(numbers(count).map(String)),
      path: '/series',
      options: inOrder,
    },
  ]
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

  for (const { cloud, destination, accept, path, options } of clouds) {
    const passing: [row: string, faults: Omit<Fault, 'path'>[], state?: LaneFigures['state']][] = [
      ['network: a reset', [{ kind: 'reset' }], 'offline'],
      ['2xx that cannot be read', [{ kind: 'bad-json', times: 1 }]],
      ['network: the reply is lost', [{ kind: 'reply-lost', times: 1 }]],
      ['server: 503', [{ kind: 'server-error' }], 'offline'],
      ['server: 504', [{ kind: 'server-error', status: 504 }], 'offline'],
      ['throttled: 429 with Retry-After', [{ kind: 'throttled', retryAfterSeconds: 1 }], 'throttled'],
      ['throttled: 429 without Retry-After', [{ kind: 'throttled', retryAfterSeconds: 0 }], 'throttled'],
      ['session: refused once', [{ kind: cloud === 'EnOS' ? 'session-expired' : 'token-expired', times: 1 }]],
    ]
    for (const [row, faults, state] of passing) {
      it(`${cloud}, ${row}: everything stays pending and is delivered once it is over`, async () => {
        await start()
        simulator.setFaults(faults.map((fault) => ({ ...fault, path })))
        await accept(5)
        await lane.attach(destination(), options)
        if (state) {
          await until({ state, pending: 5, dead: 0, delivered: 0 })
          simulator.setFaults([])
        }
        await until({ delivered: 5, pending: 0, dead: 0 })
      })
    }

    it(`${cloud}, credentials: the lane is blocked, and nothing is lost or put aside`, async () => {
      await start()
      await accept(3)
      await lane.attach(destination('wrong'), options)
      await until({ state: 'auth-blocked', pending: 3, dead: 0 })
      await lane.attach(destination(), options)
      await until({ delivered: 3 })
    })
  }

  it('EnOS, too large: the batch is halved until it fits', async () => {
    await start()
    simulator.setFaults([{ kind: 'server-error', status: 413, path: '/topic', times: 3 }])
    await acceptEnos(numbers(40).map((n) => ({ n })))
    await lane.attach(enos())
    await until({ delivered: 40, dead: 0 })
    should(simulator.points('asset-1')).have.length(40)
  })

  it('EnOS, configuration: a sub-device that is not attached is parked alone; the others go on', async () => {
    await start()
    await acceptEnos([{ n: 1 }, { n: 2 }], 'stranger')
    await acceptEnos([{ n: 3 }], 'child')
    await acceptEnos([{ n: 4 }])
    await lane.attach(enos())
    const figures = await until({ delivered: 2, pending: 2, dead: 0, parkedStreams: 1 })
    should(figures.lastError?.cloudCode).equal('1212')
  })

  it('EnOS, validation: one bad value of a thousand becomes the only dead letter', async () => {
    await start()
    await acceptEnos(numbers(1_000).map((n) => (n === 617 ? { n: 'text' } : { n })))
    const before = simulator.state().requests as number
    await lane.attach(enos())
    await until({ delivered: 999, dead: 1, pending: 0 })
    should((simulator.state().requests as number) - before).be.belowOrEqual(30)
  })

  it('EnOS, validation: where everything is refused nothing is given up, until the cloud takes another', async () => {
    await start()
    await acceptEnos(numbers(20).map((n) => ({ unknown: n })))
    await lane.attach(enos())
    await until({ suspects: 20, pending: 20, dead: 0 })
    await acceptEnos([{ n: 1 }])
    await until({ delivered: 1, pending: 0, dead: 20 })
  })

  it('Thing+, server: a sensor at which the cloud fails for ever is put aside; the others go on', async () => {
    const hardlyAnyPause = 0.001
    await start({}, hardlyAnyPause)
    simulator.setFaults([{ kind: 'server-error', status: 500, path: '/sensors/string/series' }])
    await acceptThingPlus(['1', '2', '3'], 'string')
    await lane.attach(thingplus(), inOrder)
    await acceptThingPlus(['20', '21'])
    await until({ delivered: 2 })
    for (let value = 0; (await lane.figures()).parkedStreams === 0; value++) {
      await acceptThingPlus([String(value)])
      await until({ pending: 3 })
    }
    should(await lane.figures()).containEql({ state: 'online', pending: 3, dead: 0, parkedStreams: 1 })
    simulator.setFaults([])
    lane.flush()
    await until({ pending: 0, dead: 0, parkedStreams: 0, lastError: undefined })
  })

  it('Thing+, billing: the lane waits, and nothing is lost', async () => {
    await start({ seed: { enos: enosSeed, thingplus: neighbourhood } })
    const client = thingplusClient()
    await acceptThingPlus(['1'])
    const beyondPlan = async () => {
      await client.registerGateway({ name: 'one too many', siteId: '3' })
    }
    await lane.attach({ ...thingplusDestinations.values(client), send: beyondPlan }, inOrder)
    await until({ state: 'billing', pending: 1, dead: 0 })
  })

  it('Thing+, configuration: a gateway of somebody else is parked alone', async () => {
    await start({ seed: { enos: enosSeed, thingplus: neighbourhood } })
    await acceptThingPlus(['1'], 'their-sensor', foreignGatewayId)
    await acceptThingPlus(['2', '3'])
    await lane.attach(thingplus(), inOrder)
    await until({ delivered: 2, pending: 1, dead: 0, parkedStreams: 1 })
  })

  it('Thing+, validation: values of a sensor that is gone become dead letters after a minute', async () => {
    await start()
    await acceptThingPlus(['1'], 'no-such-sensor')
    await acceptThingPlus(['2', '3'])
    // A minute for the client is a second here.
    const clock = { wallMs: () => Date.now(), monotonicMs: () => 60 * performance.now() }
    await lane.attach(thingplusDestinations.values(thingplusClient(undefined, clock)), inOrder)
    await until({ delivered: 2, pending: 0, dead: 1 })
  })

  it('Thing+, validation: a value in the past of its sensor becomes a dead letter, the newer ones arrive', async () => {
    await start()
    await acceptThingPlus(['1', '2'])
    await lane.attach(thingplus(), inOrder)
    await until({ delivered: 2 })
    const time = Date.now() - 3_600_000
    const payload = JSON.stringify({ gatewayId, sensorId: 'temperature', entry: { value: '0', time } })
    await outbox.accept('lane', `${gatewayId}/temperature`, payload, time)
    await acceptThingPlus(['5'], 'temperature')
    await until({ delivered: 3, dead: 1, pending: 0 })
  })
})
