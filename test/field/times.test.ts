import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials as enosCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
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

type Settings = Record<string, unknown>

/** A way of one value to a cloud: the node, the row that holds it, and the name of what receives it. */
interface Way {
  name: string
  node: Settings & { type: string }
  row: (time: Settings) => Settings
  stream: string
}

const post = { type: 'enos-post-measurepoint', valuesFrom: 'message' }
const ways: readonly Way[] = [
  {
    name: 'a device of EnOS',
    node: { ...post, channel: 'device' },
    row: (time) => ({ temperature: 1, ...time }),
    stream: 'pK11111/dK987654',
  },
  {
    name: 'the integration channel',
    node: { ...post, channel: 'integration' },
    row: (time) => ({ assetId: 'asset-1', temperature: 1, ...time }),
    stream: 'asset-1',
  },
  {
    name: 'a sensor of Thing+',
    node: {
      type: 'thingplus-send-value',
      gatewayId,
      gatewayIdType: 'str',
      sensorId: 'temperature',
      sensorIdType: 'str',
    },
    row: (time) => ({ value: 1, ...time }),
    stream: 'temperature',
  },
]

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const local = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...parts).getTime()

describe('The time', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
    folder = await newFolder('times')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
  })

  const start = async (node: Settings & { type: string }) => {
    flow = await startFlow(
      [...enosTypes, ...thingplusTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        configuration(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        { id: 'node', app: 'app', device: 'device', client: 'client', wires: [['out']], ...node },
      ],
      { ...enosCredentials, ...thingplusCredentials },
    )
  }
  /** The error that a Catch node sees, and `undefined` for a message that went through. */
  const failureOf = async (payload: unknown) => {
    const over = new AbortController()
    const ends = ['out', 'caught', 'completed'].map((end) => flow.next(end, over.signal))
    for (const end of ends) end.catch(() => undefined)
    flow.send('node', { payload })
    const { error } = await Promise.race(ends)
    over.abort()
    await new Promise((resolve) => setImmediate(resolve))
    return error
  }
  const refused = async (payload: unknown, text: RegExp) => {
    const error = await failureOf(payload)
    should(error?.code).equal('INPUT_TIME_INVALID', `${JSON.stringify(payload)}: ${error?.message}`)
    should(error?.message).match(text)
  }
  const timesOf = (stream: string) => simulator.points(stream)?.map(({ timeMs }) => timeMs) ?? []
  const stored = async (stream: string, count: number) => {
    while (timesOf(stream).length < count) await new Promise((resolve) => setTimeout(resolve, 10))
    return timesOf(stream)
  }
  const taken = async (payload: unknown) => {
    const error = await failureOf(payload)
    should(error).equal(undefined, `${JSON.stringify(payload)}: ${error?.message}`)
  }

  for (const { name, node, row, stream } of ways) {
    for (const [way, outbox] of [
      ['at once', undefined],
      ['through an outbox', 'outbox'],
    ] as const) {
      describe(`of a value for ${name}, ${way},`, () => {
        it('is refused more than a day ahead, be it a date in digits, a text, a number or a Date', async () => {
          await start({ ...node, outbox })
          const aheadMs = Date.now() + 25 * hourMs
          for (const time of [aheadMs, String(aheadMs), new Date(aheadMs), new Date(aheadMs).toISOString()])
            await refused(row({ time }), /more than 24 h ahead of this PC's clock/)
          await refused([row({ time: '29990302060000' })], /in the year 2999/)
          should(timesOf(stream)).be.empty()
          await taken(row({ time: Date.now() + 23 * hourMs }))
          await stored(stream, 1)
        })

        it('is a local one where it is a date in digits, as text and as number, and never an epoch', async () => {
          await start({ ...node, outbox })
          const digits: [time: string | number, timeMs: number][] = [
            [20260302, local(2026, 2, 2)],
            ['202603020600', local(2026, 2, 2, 6)],
            ['20260302060001', local(2026, 2, 2, 6, 0, 1)],
            [20260302060002, local(2026, 2, 2, 6, 0, 2)],
            ['20260302060002123', local(2026, 2, 2, 6, 0, 2, 123)],
          ]
          for (const [time] of digits) await taken(row({ time }))
          should(await stored(stream, digits.length)).deepEqual(digits.map(([, timeMs]) => timeMs))
        })

        it('is read from every form of ISO 8601, local without an offset, and nothing is guessed', async () => {
          await start({ ...node, outbox })
          await taken(row({ time: '2026-03-02' }))
          await taken(row({ time: '2026-03-03T06:00:00,123Z' }))
          await taken(row({ time: '2026-03-04T06:00:00+01' }))
          await taken(row({ time: '2026-03-05 06:00:00.5' }))
          should(await stored(stream, 4)).deepEqual([
            local(2026, 2, 2),
            Date.UTC(2026, 2, 3, 6, 0, 0, 123),
            Date.UTC(2026, 2, 4, 5),
            local(2026, 2, 5, 6, 0, 0, 500),
          ])
          await refused(row({ time: '2026-02-30' }), /does not exist/)
          for (const time of ['2026-03-06 06:00:00 CST', '2026-03-06 06:00:00 IST', '2026-03-06 06:00:00 (UTC+8)'])
            await refused(row({ time }), /Use Z or an offset such as \+01:00/)
        })

        it('is told how to be given right, and is right when the advice is followed', async () => {
          await start({ ...node, outbox })
          const days = 46_354 + 10 / 24
          await refused(row({ time: 1_772_431_200 }), /Unix seconds: 2026-03-02T06:00:00\.000Z.*multiply it by 1000/)
          await refused(row({ time: 45_292.5 }), /Excel date \(days since 1900\): 2024-01-01 12:00:00/)
          await refused(row({ time: 46_354_460_322.81 }), /SIMATIC HMI .*: 2026-11-28 11:02:51\.891/)
          await refused(row({ time: '28.11.2026 10:00:00' }), /day\.month\.year: 2026-11-28 10:00:00/)
          const follow: [settings: Settings, time: unknown, timeMs: number][] = [
            [{ timeFormat: 's' }, 1_772_431_200, 1_772_431_200_000],
            [{ timeFormat: 'excel', timeZone: 'Asia/Seoul' }, days, Date.UTC(2026, 10, 28, 1)],
            [{ timeFormat: 'excel-us', timeZone: 'UTC' }, '46354460322,81', Date.UTC(2026, 10, 28, 11, 2, 51, 891)],
            [{ timeFormat: 'dmy', timeZone: 'Europe/Berlin' }, '28.11.2026 12:30', Date.UTC(2026, 10, 28, 11, 30)],
            [
              { timeFormat: 'pattern', timePattern: 'D-MMM-YY H:mm', timeZone: '+01:00' },
              '28-Nov-26 13:00',
              Date.UTC(2026, 10, 28, 12),
            ],
          ]
          for (const [index, [settings, time, timeMs]] of follow.entries()) {
            await stopFlow()
            await start({ ...node, ...settings, outbox })
            await taken(row({ time }))
            should((await stored(stream, index + 1)).at(-1)).equal(timeMs)
          }
        })

        it('is never lost in a column that nobody has named, whatever language it is in', async () => {
          await start({ ...node, outbox })
          for (const entry of [
            { Zeit: '2026-11-28 10:00:00' },
            { '\ufeffZeit': '2026-11-28 10:00:00' },
            { 测量时刻: '28.11.2026 10:00' },
            { timestamp: Date.now() - hourMs },
            { Time_ms: 46_354_460_322.81 },
          ]) {
            const [column = ''] = Object.keys(entry)
            await refused([row(entry)], new RegExp(`"${column.replace('\ufeff', '')}" looks like its time\\. Enter`))
          }
          should(timesOf(stream)).be.empty()
          const before = Date.now()
          await taken(row({ uptime_us: 1_100_000_000_000, update_count: 3, state: 'running', version: '1.2.24' }))
          should((await stored(stream, 1))[0]).be.within(before, Date.now())
        })

        it('is taken from the named column, with a byte-order mark or without, and refused without it', async () => {
          await start({ ...node, outbox, timeField: 'Zeit' })
          await taken([row({ '\ufeffZeit': '2026-11-28T10:00:00Z' })])
          await taken([row({ Zeit: '2026-11-28T10:00:01Z' })])
          should(await stored(stream, 2)).deepEqual([Date.UTC(2026, 10, 28, 10), Date.UTC(2026, 10, 28, 10, 0, 1)])
          for (const time of [{}, { Zeit: '' }, { Zeit: null }, { time: Date.now() }])
            await refused(row(time), /has no "Zeit", from which the node takes the time/)
        })

        it('may lie as far ahead as the node is told', async () => {
          await start({ ...node, outbox, aheadHours: '0.5' })
          await refused(row({ time: Date.now() + 40 * minuteMs }), /more than 0\.5 h ahead/)
          await stopFlow()
          await start({ ...node, outbox, aheadHours: '48' })
          await taken(row({ time: Date.now() + 47 * hourMs }))
          await stored(stream, 1)
        })

        it('is that of its row on both sides of a change of the clock', async () => {
          await start({ ...node, outbox, timeZone: 'Europe/Berlin' })
          const clock = ['01:45', '02:15', '02:45', '02:15', '02:45', '03:15']
          await taken(clock.map((time) => row({ time: `2026-10-25 ${time}` })))
          const halfHours = clock.map((_, index) => Date.UTC(2026, 9, 24, 23, 45) + index * 30 * minuteMs)
          should((await stored(stream, 6)).toSorted()).deepEqual(halfHours)
          await refused(row({ time: '2026-03-29 02:30' }), /in the hour that Europe\/Berlin skips/)
        })
      })
    }
  }

  it('of a single value is its arrival, whatever time field is named', async () => {
    const before = Date.now()
    await start({ ...post, point: 'temperature', timeField: 'Zeit' })
    await taken(21.5)
    should((await stored('pK11111/dK987654', 1))[0]).be.within(before, Date.now())
    await stopFlow()
    await start({ ...(ways[2]?.node as Settings & { type: string }), timeField: 'Zeit' })
    await taken(21.5)
    should((await stored('temperature', 1))[0]).be.within(before, Date.now())
  })

  it('of a row of Thing+ sensors is the time of all of them, and none is lost', async () => {
    await start({ type: 'thingplus-send-value', gatewayId, gatewayIdType: 'str', timeField: 'Zeit' })
    await taken({ '\ufeffZeit': '2026-11-28T10:00:00Z', temperature: 21.5, door: true })
    for (const sensor of ['temperature', 'door'])
      should(await stored(sensor, 1)).deepEqual([Date.UTC(2026, 10, 28, 10)])
    await refused({ temperature: 21.5, door: true }, /The message has no "Zeit"/)
    await stopFlow()
    await start({ type: 'thingplus-send-value', gatewayId, gatewayIdType: 'str' })
    await refused({ Zeit: '2026-11-28 10:00:00', temperature: 21.5 }, /"Zeit" looks like its time/)
  })

  it('is none where a member of a row is a sensor, whose value may be a date, asked or known by then', async () => {
    const send = { type: 'thingplus-send-value', gatewayId, gatewayIdType: 'str' }
    await start(send)
    const asked = () => simulator.state()['requests'] as number
    const before = Date.now()
    await taken({ string: '2026-03-02', temperature: 21.5 })
    should((await stored('string', 1))[0]).be.within(before, Date.now())
    for (let time = 0; time < 2; time++) {
      await refused(
        { string: '2026-03-02', Zeit: '2026-11-28 10:00:00' },
        /"Zeit" looks like its time.*\{ "value": … \}/,
      )
    }
    const requests = asked()
    await refused({ string: '2026-03-02', Zeit: '2026-11-28 10:00:00' }, /"Zeit" looks like its time/)
    should(asked()).equal(requests)
    await stopFlow()
    await start({ ...send, outbox: 'outbox' })
    // Only from when the cloud has answered.
    await refused({ string: '2026-03-03' }, /"string" looks like its time/)
    while ((await failureOf({ string: '2026-03-03' })) !== undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
    await stored('string', 2)
  })

  it('of an event follows the same rule', async () => {
    await start({ type: 'enos-post-event', channel: 'device', eventId: 'overheat', eventIdType: 'str' })
    await refused({ level: 1, time: '2026-02-30' }, /does not exist/)
    await refused({ level: 1, time: Date.now() + 25 * hourMs }, /24 h ahead/)
    await refused({ level: 1, Zeit: '2026-11-28 10:00:00' }, /"Zeit" looks like its time/)
    await taken({ level: 1, time: '2026-03-02 06:00:00' })
    await stopFlow()
    await start({
      type: 'enos-post-event',
      channel: 'device',
      eventId: 'overheat',
      eventIdType: 'str',
      timeFormat: 's',
    })
    await taken({ level: 1, time: 1_772_431_200 })
    await refused({ level: 1, time: 1_772_431_200_000 }, /ISO 8601 or Unix milliseconds: 2026-03-02/)
  })

  it('is none of an attribute, which may be a date or be named like one', async () => {
    await start({ type: 'enos-update-attribute', channel: 'device' })
    await taken({ installDate: '2020-05-01', serial: 'a' })
    await taken({ attributes: { time: 'since May' } })
    await taken({ time: '2020-05-01 10:00', lastService: 1_772_431_200_000 })
    should((simulator.state().enos as { attributesAccepted: number }).attributesAccepted).equal(5)
  })

  it('of a table is read in its format, refused without its source, and its points may be dates', async () => {
    const points = [{ id: 'installed', source: 'payload.installed', sourceType: 'msg' }]
    const table = { ...post, valuesFrom: 'table', points }
    await start({ ...table, time: 'payload.ts', timeType: 'msg', timeFormat: 'dmy', timeZone: 'UTC' })
    await taken({ '\ufeffts': '2.3.26 6:00', installed: '2020-05-01' })
    should(await stored('pK11111/dK987654', 1)).deepEqual([Date.UTC(2026, 2, 2, 6)])
    for (const payload of [{ installed: 1 }, { installed: 1, ts: '' }, { installed: 1, ts: null }])
      await refused(payload, /There is no time in msg\.payload\.ts, where the table expects it/)
    await stopFlow()
    const before = Date.now()
    const sensors = [{ id: 'string', source: 'payload.installed', sourceType: 'msg' }]
    await start({ type: 'thingplus-send-value', gatewayId, gatewayIdType: 'str', valuesFrom: 'table', sensors })
    await taken({ installed: '2020-05-01' })
    should((await stored('string', 1))[0]).be.within(before, Date.now())
  })

  it('of a range is read as its format says, and may lie ahead', async () => {
    const sensor = { gatewayId, gatewayIdType: 'str', sensorId: 'temperature', sensorIdType: 'str' }
    await start({ type: 'thingplus-send-value', ...sensor })
    await taken({ value: 1, time: '2026-03-02T11:00:00Z' })
    const found = async (dataStart: unknown, dataEnd: unknown) => {
      const { payload } = await flow.run('node', { dataStart, dataEnd, interval: '0' })
      return (payload as { points: unknown[] }).points.length
    }
    await stopFlow()
    const get = { type: 'thingplus-get', resource: 'series', ...sensor }
    await start(get)
    should(await found('2026-03-02T11:00:00Z', Date.now() + 72 * hourMs)).equal(1)
    should(await found('2026-03-02 12:00:01+01', 'yesterday').catch(({ message }) => message)).match(/"yesterday"/)
    await stopFlow()
    await start({ ...get, timeFormat: 'mdy', timeZone: 'America/New_York' })
    should(await found('3/2/2026 6:00 AM', '3/3/2026')).equal(1)
    should(await found('3/2/2026 6:01 AM', '3/3/2026')).equal(0)
  })

  it('has settings that are refused where they cannot be used', async () => {
    for (const [settings, text] of [
      [{ timeFormat: 'roman' }, /"roman" is not a time format/],
      [{ timeFormat: 'pattern' }, /The time pattern is empty/],
      [{ timeFormat: 'pattern', timePattern: 'HH:mm' }, /"HH:mm" is not a time pattern/],
      [{ timeZone: 'CST' }, /time zone "CST" is not known/],
      [{ aheadHours: '-1' }, /"-1" hours ahead/],
      [{ aheadHours: 'soon' }, /"soon" hours ahead/],
    ] as const) {
      await start({ ...post, ...settings })
      const error = await failureOf({ temperature: 1 })
      should(error?.code).match(/^CONFIG_/)
      should(error?.message).match(text)
      await stopFlow()
    }
  })
})
