import fc from 'fast-check'
import should from 'should'
import {
  deliverStored,
  EnosApplication,
  EnosDevice,
  EnosIntegration,
  type EnosUplink,
  type EntryKind,
} from '../../lib/enos'
import { readStoredEntries } from '../../lib/enos/stored-entries'
import { type Simulator, startSimulator } from '../../lib/simulator'

const own = { productKey: 'pK11111', deviceKey: 'dK987654' }
const stream = 'pK11111/dK987654'
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
const kinds: readonly EntryKind[] = ['measurepoint', 'attribute', 'event']

describe('Entries that were kept for another way to EnOS', () => {
  let simulator: Simulator
  let device: EnosDevice
  let application: EnosApplication
  let integration: EnosIntegration
  before(async () => {
    simulator = await startSimulator({ port: 0 })
    device = new EnosDevice({ brokerUrl: simulator.url, ...own, deviceSecret: 'ds54321', lifetimeMs: 300_000 })
    application = new EnosApplication({
      gatewayUrl: simulator.url,
      integrationUrl: simulator.url,
      orgId: 'o-demo',
      appKey: 'demo-app',
      appSecret: 'demo-secret',
    })
    integration = new EnosIntegration(application)
  })
  after(async () => {
    device.close()
    application.close()
    await simulator.close()
  })
  beforeEach(() => simulator.reset())

  const values = fc.dictionary(
    fc.stringMatching(/^[a-z]\w{0,9}$/),
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean(), fc.array(fc.integer())),
    { minKeys: 1, maxKeys: 5 },
  )
  const eventIds = fc.string({ minLength: 1 }).filter((id) => id !== '.' && id !== '..')
  for (const kind of kinds)
    it(`are read as what they were, whichever channel had encoded them: ${kind}`, () =>
      fc.assert(
        fc.property(values, fc.nat(2e12), eventIds, (given, timeMs, eventId) => {
          const encodings: [EnosUplink, typeof own | undefined][] = [
            [device, undefined],
            [integration, own],
          ]
          for (const [uplink, name] of encodings) {
            const entry = { device: name, timeMs, values: given }
            const [read] = readStoredEntries(kind, Buffer.from(uplink.encode(kind, entry, eventId)))
            const timed = kind === 'attribute' ? { ...entry, timeMs: 0 } : entry
            plain(read).should.deepEqual(plain(kind === 'event' ? { ...timed, eventId } : timed))
          }
        }),
      ))

  const both: [string, () => EnosUplink, () => EnosUplink, typeof own | undefined][] = [
    ['the device’s session, and go by the integration channel', () => device, () => integration, undefined],
    ['the integration channel, and go through the device’s session', () => integration, () => device, own],
  ]
  for (const [title, from, to, name] of both)
    for (const kind of kinds)
      it(`were meant for ${title}, in their order: ${kind}`, async () => {
        const timeMs = Date.now() - 10_000
        const payloads = [1, 2, 3].map((n) =>
          Buffer.from(from().encode(kind, { device: name, timeMs: timeMs + n, values: { n } }, 'alarm')),
        )
        await deliverStored({ kind, payloads, freshness: 'live', own, uplinkTo: to })
        const { enos } = simulator.state() as { enos: Record<string, number> }
        const counts = {
          measurepoint: enos.pointsAccepted,
          attribute: enos.attributesAccepted,
          event: enos.eventsAccepted,
        }
        should(counts[kind]).equal(3)
        if (kind === 'measurepoint') should(simulator.points(stream)?.map(({ values: { n } }) => n)).eql([1, 2, 3])
      })

  it('are sent by none of the ways where one of them has none, and its device is named', async () => {
    const entry = (deviceKey: string) => ({
      device: { productKey: 'pK11111', deviceKey },
      timeMs: Date.now(),
      values: { a: 1 },
    })
    const payloads = ['dK987654', 'gone'].map((key) => Buffer.from(integration.encode('measurepoint', entry(key))))
    await should(
      deliverStored({
        kind: 'measurepoint',
        payloads,
        freshness: 'live',
        uplinkTo: (name) => ('deviceKey' in name && name.deviceKey === 'gone' ? undefined : device),
      }),
    ).be.rejectedWith({ code: 'NOT_FOUND', devices: ['pK11111/gone'] })
    should(simulator.points(stream)).eql([])
  })
})
