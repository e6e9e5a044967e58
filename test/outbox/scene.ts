import should from 'should'
import { type Lane, type Outbox, openOutbox, type WhenDeadFull, type WhenFull } from '../../lib/outbox'
import { type Area, areaOf, laneNumberOf } from '../../lib/outbox/record/keys'
import { decodeChecked, type LaneLedger, pendingOf } from '../../lib/outbox/record/ledger'
import { decodeRecord } from '../../lib/outbox/record/record'
import { FakeCloud } from './fake-cloud'
import { ManualClock } from './manual-clock'
import { MemoryDisk } from './memory-store'
import { inFolder } from './places'

export interface Scene {
  readonly clock: ManualClock
  readonly cloud: FakeCloud
  readonly disk: MemoryDisk
  readonly outbox: Outbox
  readonly lane: Lane
  /** Records of these streams in turn. */
  accept(count: number, ...streams: readonly string[]): Promise<string[]>
  figures(): ReturnType<Lane['figures']>
  /** Closes the outbox and opens it again. Answers its lane. */
  restart(): Promise<Lane>
}

export const minute = 60_000
export const hour = 60 * minute

/** A lane over a disk in memory, on a clock turned by hand. */
export function scene(
  play: (scene: Scene) => Promise<void>,
  {
    listable = false,
    ...settings
  }: {
    maxBytes?: number
    deadShare?: number
    whenFull?: WhenFull
    whenDeadFull?: WhenDeadFull
    listable?: boolean
    random?: () => number
  } = {},
) {
  return () =>
    inFolder(async (folder) => {
      const clock = new ManualClock()
      const disk = new MemoryDisk()
      const options = { folder, scheduler: clock, driver: disk, random: () => 0.999, ...settings }
      const open = () => openOutbox({ ...options, diskSpace: async () => ({ freeBytes: 1e12, totalBytes: 1e12 }) })
      let outbox = await open()
      let lane = outbox.lane('lane')
      const cloud = new FakeCloud(clock.monotonicMs)
      const close = async () => {
        let isClosed = false
        const closed = outbox.close().then(() => {
          isClosed = true
        })
        // The clock is turned slowly enough for what closing really writes.
        while (!isClosed) {
          await clock.pass(100)
          await new Promise((resolve) => setTimeout(resolve, 2))
        }
        await closed
      }
      const restart = async () => {
        await close()
        outbox = await open()
        lane = outbox.lane('lane')
        return lane
      }
      let next = 0
      const accept = async (count: number, ...streams: readonly string[]) => {
        const eventTimeMs = clock.wallMs()
        const records = Array.from({ length: count }, (_, at) => {
          const stream = streams[at % streams.length] ?? 's'
          return { stream, payload: `"${stream}-${next++}"`, eventTimeMs, listable }
        })
        await outbox.acceptAll('lane', records)
        return records.map(({ payload }) => payload)
      }
      try {
        await play({ clock, cloud, disk, outbox, lane, accept, figures: () => lane.figures(), restart })
        const { accepted, delivered, pending, dead, dropped, evicted, damaged } = await lane.figures()
        accepted.should.equal(delivered + pending + dead + dropped + evicted + damaged)
      } finally {
        await close()
      }
      checkBooks(disk)
    })
}

/** What the ledgers say must be what is there. */
export function checkBooks({ entries }: MemoryDisk): void {
  const of = (area: Area) => entries.filter(([key]) => areaOf(key) === area)
  for (const [key, value] of of('lane')) {
    const ledger = decodeChecked<LaneLedger>(value)
    if (!ledger) throw new Error('a ledger cannot be read')
    const ofLane = (area: Area) => of(area).filter(([other]) => laneNumberOf(other) === laneNumberOf(key))
    const pending = ofLane('pending').reduce((sum, [at, bytes]) => sum + (decodeRecord(at, bytes)?.count ?? 0), 0)
    should({ pending: pendingOf(ledger), dead: ledger.dead }).eql({ pending, dead: ofLane('dead').length })
  }
}
