import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import { type OutboxFigures, openOutbox } from '../../lib/outbox'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'

/** A history has a device of its own, since EnOS lets none log in often. */
const histories = 12
const ownDevices = Array.from({ length: histories }, (_, at) => ({
  productKey: 'pK11111',
  deviceKey: `history-${at}`,
  deviceSecret: 'ds54321',
  assetId: `asset of ${at}`,
  modelId: 'Demo',
}))

/** What a person may change in the editor between two deployments. */
interface Settings {
  channel: 'device' | 'integration'
  timeliness: 'by-age' | 'post' | 'resume'
  url: string
  device: 'own' | 'another'
  /** Of the outbox; in `taken` there is one already. */
  folder: 'one' | 'two' | 'taken'
  /** Names of the configurations. */
  name: string
  /** The configurations of the cloud are an import copy of those before: the same keys, other ids. */
  copy: boolean
  /** A second node posts too, over a second configuration of the same device. */
  twin: boolean
  /** The configurations stand in the flow file the other way round. */
  isReversed: boolean
  /** The node is in an instance of a subflow. */
  isInside: boolean
}

const settings: fc.Arbitrary<Settings> = fc.record({
  channel: fc.constantFrom('device', 'integration'),
  timeliness: fc.constantFrom('by-age', 'post', 'resume'),
  url: fc.constantFrom('http://127.0.0.1:9', 'http://127.0.0.2:9', 'http://localhost:9'),
  device: fc.constantFrom('own', 'own', 'another'),
  folder: fc.constantFrom('one', 'one', 'two', 'taken'),
  name: fc.constantFrom('', 'Pump', 'Plant at sea, post'),
  copy: fc.boolean(),
  twin: fc.boolean(),
  isReversed: fc.boolean(),
  isInside: fc.boolean(),
})

/** What is in which folder, as the README tells it: a free folder takes all along, one that is in use does not. */
class Folders {
  readonly #values = new Map<string, { own: number[]; another: number }>([['taken', { own: [], another: 0 }]])
  #current: string | undefined

  change(folder: string): void {
    const before = this.#current === undefined ? undefined : this.#values.get(this.#current)
    if (this.#current !== undefined && before && folder !== this.#current && !this.#values.has(folder)) {
      this.#values.delete(this.#current)
      this.#values.set(folder, before)
    }
    if (!this.#values.has(folder)) this.#values.set(folder, { own: [], another: 0 })
    this.#current = folder
  }

  accept(n: number, device: Settings['device']): void {
    if (device === 'own') this.current.own.push(n)
    else this.current.another++
  }

  get current() {
    return this.#values.get(this.#current ?? '') ?? { own: [], another: 0 }
  }

  /** How many are in the other ones. */
  get elsewhere(): number {
    const count = ({ own, another }: { own: number[]; another: number }) => own.length + another
    return [...this.#values.values()].reduce((sum, values) => sum + count(values), 0) - count(this.current)
  }
}

describe('Any history of edits while the line is dead', function () {
  // Each history is of up to five deployments.
  this.timeout(patienceMs)
  let simulator: Simulator
  let place: string
  let flow: FlowUnderTest
  before(async () => {
    await startRuntime()
    simulator = await startSimulator({ port: 0, seed: { enos: { devices: ownDevices } } })
    place = await newFolder('edit-history')
  })
  after(async () => {
    await stopFlow()
    await stopRuntime()
    await simulator.close()
    await removeFolder(place)
  })

  const deploy = async (outbox: string, folder: string, deviceKey: string, edited: Settings) => {
    await stopFlow()
    const { channel, timeliness, url, name, copy, twin, isReversed, isInside } = edited
    const [app, device] = configurations(url).map((node) => ({ ...node, name })) as { id: string; type: string }[]
    const end = copy ? '-copy' : ''
    const post = { type: 'enos-post-measurepoint', channel, timeliness, productKey: 'pK11111', deviceKey, outbox }
    const chosen = { ...post, device: `device${end}`, app: `app${end}`, wires: [[]] }
    const clouds = [
      { ...(app as { id: string; type: string }), id: `app${end}` },
      { ...(device as { id: string; type: string }), id: `device${end}`, deviceKey },
      { ...(device as { id: string; type: string }), id: 'twin', deviceKey },
      { id: outbox, type: 'cloud-outbox', folder: join(place, folder), name },
    ]
    const inside = [
      { id: 'subflow', type: 'subflow', name: 'posting', in: [{ x: 0, y: 0, wires: [{ id: 'inner' }] }], out: [] },
      { ...chosen, id: 'inner', z: 'subflow' },
      { id: 'node', type: 'subflow:subflow', wires: [] },
    ]
    flow = await startFlow(
      [...enosTypes, ...outboxTypes],
      [
        ...(isReversed ? clouds.reverse() : clouds),
        ...(isInside ? inside : [{ ...chosen, id: 'node' }]),
        ...(twin ? [{ ...chosen, id: 'other-node', device: 'twin' }] : []),
        { id: 'into-node', type: 'helper', wires: [['node']] },
        { id: 'into-other-node', type: 'helper', wires: [['other-node']] },
        { id: 'control', type: 'cloud-outbox-control', outbox, wires: [['out']] },
      ],
      {
        [`app${end}`]: demoCredentials.app,
        [`device${end}`]: demoCredentials.device,
        twin: demoCredentials.device,
      },
    )
  }
  const figures = async () => (await flow.run('control', { payload: 'figures' })).payload as OutboxFigures
  const sum = ({ lanes }: OutboxFigures, key: 'accepted' | 'delivered' | 'pending') =>
    lanes.reduce((total, lane) => total + lane[key], 0)
  const until = async (expected: (figures: OutboxFigures) => boolean) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const now = await figures()
      if (expected(now)) return
      if (Date.now() - since > 50_000) throw new Error(`The outbox stays at ${JSON.stringify(now)}`)
    }
  }

  it('ends with all values delivered, or shown as waiting', () => {
    let history = 0
    return fc.assert(
      fc.asyncProperty(fc.array(settings, { minLength: 1, maxLength: 4 }), settings, async (edits, last) => {
        const outbox = `outbox-${history}`
        const ownKey = `history-${history++}`
        const folders = new Folders()
        const taken = await openOutbox({ folder: join(place, outbox, 'taken') })
        await taken.close()
        let n = 0
        const run = async (edited: Settings) => {
          folders.change(edited.folder)
          const deviceKey = edited.device === 'own' ? ownKey : `another-${ownKey}`
          await deploy(outbox, join(outbox, edited.folder), deviceKey, edited)
          for (const id of edited.twin ? ['node', 'other-node'] : ['node']) {
            const accepted = sum(await figures(), 'accepted')
            folders.accept(n, edited.device)
            flow.node(`into-${id}`).send({ payload: { n: n++ } })
            await until((now) => sum(now, 'accepted') === accepted + 1)
          }
        }
        for (const edited of edits) await run(edited)
        await run({ ...last, url: simulator.url, device: 'own' })
        const { own, another } = folders.current
        await until((now) => sum(now, 'delivered') === own.length && sum(now, 'pending') === another)
        const arrived = simulator.points(`pK11111/${ownKey}`)?.map(({ values }) => Number(values.n)) ?? []
        should(arrived.sort((one, other) => one - other)).eql(own)
        if (!last.isInside && another + folders.elsewhere > 0) await flow.status('node', 'yellow')
        should(flow.errors(outbox).join()).match(folders.elsewhere > 0 ? /Records are waiting in / : /^$/)
      }),
      { numRuns: histories, endOnFailure: true },
    )
  })
})
