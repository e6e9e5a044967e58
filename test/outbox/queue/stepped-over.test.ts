import should from 'should'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { laneNumberOf, lastSequence, sequenceOf } from '../../../lib/outbox/record/keys'
import { levelDriver, type Store, type StoreDriver, StoreFault } from '../../../lib/outbox/store/store'
import { patienceMs } from '../../patience'
import { bodiesOf, inFolder, noEvents, readAll } from '../places'

const lane = 'lane'
const values = 30_000

/** A store of which some tables cannot be opened, as where the process has no file handle left: LevelDB steps over them. */
class PartlyClosed {
  isPartlyClosed = false

  readonly driver: StoreDriver = {
    ...levelDriver,
    open: async (folder) => this.#around(await levelDriver.open(folder)),
  }

  #around(store: Store): Store {
    return Object.assign(Object.create(store) as Store, {
      get: (key: Buffer) => store.get(key),
      batch: (operations: Parameters<Store['batch']>[0]) => store.batch(operations),
      compact: (range: Parameters<Store['compact']>[0]) => store.compact(range),
      releaseMemory: () => store.releaseMemory(),
      close: () => store.close(),
      scan: (...given: Parameters<Store['scan']>) => this.#scan(store.scan(...given)),
    })
  }

  #scan(scan: ReturnType<Store['scan']>): ReturnType<Store['scan']> {
    let hasSteppedOver = false
    const isClosed = (key: Buffer) => {
      const sequence = sequenceOf(key)
      return this.isPartlyClosed && key[0] === 0x72 && laneNumberOf(key) === 1 && sequence > 5_000 && sequence < 12_000
    }
    return {
      get damaged() {
        return scan.damaged
      },
      close: () => scan.close(),
      next: async (limit) => {
        for (;;) {
          const entries = await scan.next(limit)
          const readable = entries.filter(([key]) => !isClosed(key))
          hasSteppedOver ||= readable.length < entries.length
          if (entries.length === 0 && hasSteppedOver) throw new StoreFault('io', '000123.ldb: Too many open files')
          if (entries.length === 0 || readable.length > 0) return readable
        }
      },
    }
  }
}

async function filled(folder: string): Promise<void> {
  const queue = await DurableQueue.open({ folder }, noEvents)
  for (let from = 0; from < values; from += 500) {
    const entries = Array.from({ length: 500 }, (_, at) => ({
      stream: `s${at % 7}`,
      payload: `"${from + at} ${'x'.repeat(100)}"`,
      eventTimeMs: 1,
    }))
    await queue.append(lane, entries)
  }
  await queue.close()
}

describe('A store of which a part cannot be read for a while', function () {
  this.timeout(patienceMs)

  it('is not read past that part: whoever reads comes again, and gets all in its order', async () => {
    await inFolder(async (folder) => {
      await filled(folder)
      const store = new PartlyClosed()
      const queue = await DurableQueue.open({ folder, driver: store.driver }, noEvents)
      store.isPartlyClosed = true
      const bodies: string[] = []
      let faults = 0
      for (let from = 0, atEnd = false; !atEnd; ) {
        const read = await queue.read(lane, from, lastSequence).catch((fault: unknown) => {
          if (!(fault instanceof StoreFault) || fault.kind !== 'io') throw fault
          faults += 1
          store.isPartlyClosed = faults < 3
          return undefined
        })
        if (!read) continue
        bodies.push(...read.records.flatMap(bodiesOf))
        from = read.nextSequence
        atEnd = read.atEnd
      }
      await queue.close()
      should(faults).equal(3)
      should(bodies.length).equal(values)
    })
  })

  it('is not counted without that part', async () => {
    await inFolder(async (folder) => {
      await filled(folder)
      const store = new PartlyClosed()
      store.isPartlyClosed = true
      const queue = await DurableQueue.open({ folder, driver: store.driver, countStretchBytes: 500_000 }, noEvents)
      should(queue.ledgerOf(lane).pending).equal(values)
      store.isPartlyClosed = false
      should((await readAll(queue, lane)).flatMap(bodiesOf).length).equal(values)
      await queue.close()
    })
  })
})
