import should from 'should'
import { type Lane, type Outbox, openOutbox, type WhenDeadFull, type WhenFull } from '../../lib/outbox'
import { DeadLetters } from '../../lib/outbox/queue/dead-letters'
import { DurableQueue } from '../../lib/outbox/queue/queue'
import { countAll } from '../../lib/outbox/record/record'
import { FakeCloud } from './fake-cloud'
import { ManualClock } from './manual-clock'
import { MemoryDisk } from './memory-disk'
import { inFolder, instantScheduler, noEvents, plenty, readAll } from './places'

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
      const options = { folder, scheduler: clock, openDisk: () => disk, random: () => 0.999, ...settings }
      const open = () => openOutbox({ ...options, diskSpace: plenty })
      let outbox = await open()
      let lane = outbox.lane('lane')
      const cloud = new FakeCloud(clock.monotonicMs)
      clock.progress = () => disk.operations + cloud.requests.length
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
      await checkBooks(disk, folder)
    })
}

/** What the ledgers say must be what is there. */
export async function checkBooks(disk: MemoryDisk, folder: string): Promise<void> {
  const options = { folder, openDisk: () => disk, scheduler: instantScheduler() }
  const queue = await DurableQueue.open({ ...options, diskSpace: plenty }, noEvents)
  try {
    should(queue.found).containEql({ missing: 0, reappeared: 0, holes: 0 })
    for (const { lane, pending, dead } of queue.all()) {
      const letters = await new DeadLetters(queue, lane).list({ limit: 1e6 })
      should({ lane, pending, dead }).eql({
        lane,
        pending: countAll(await readAll(queue, lane)),
        dead: letters.length,
      })
    }
  } finally {
    await queue.close()
  }
}
