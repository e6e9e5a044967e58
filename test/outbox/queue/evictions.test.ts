import should from 'should'
import { say } from '../../../lib/core'
import type { EvictionEntry } from '../../../lib/outbox'
import { DurableQueue, type OutboxRecord } from '../../../lib/outbox/queue/queue'
import { MemoryDisk } from '../memory-disk'
import { inFolder, instantScheduler, noEvents, readAll } from '../places'
import { checkBooks, scene } from '../scene'

describe('A record that is evicted', () => {
  for (const how of ['delivered', 'dead', 'dropped', 'taken apart'] as const)
    it(`is counted once where it is ${how} in the same moment`, () =>
      inFolder(async (folder) => {
        const disk = new MemoryDisk()
        const underWay: OutboxRecord[] = []
        const queue = await DurableQueue.open(
          { folder, openDisk: () => disk, scheduler: instantScheduler(), maxBytes: 10_000, whenFull: 'evict-oldest' },
          { ...noEvents, held: () => ({ unsent: [], underWay }) },
        )
        const value = { stream: 's', payload: `"${'x'.repeat(1500)}"`, eventTimeMs: 0, listable: how === 'taken apart' }
        await queue.append('lane', [value, value, value])
        underWay.push(...(await readAll(queue, 'lane')))
        for (const { sequence } of underWay) queue.leasesOf('lane').take(sequence)
        const reason = { code: 'CLOUD_ERROR', text: say`refused` }
        const ways = {
          delivered: () => queue.settle('lane', { delivered: underWay }),
          dead: () => queue.settle('lane', { dead: underWay.map((record) => ({ record, reason })) }),
          dropped: () => queue.settle('lane', { dropped: underWay }),
          'taken apart': () => queue.takeApart('lane', underWay),
        }
        await Promise.all([ways[how](), queue.append('lane', [value, value, value, value])])
        await queue.close()
        await checkBooks(disk, folder)
      }))
})

describe('The list of evictions', () => {
  it(
    'can be read page by page, newest first, of all lanes or of one, and adds up to what was evicted',
    scene(
      async ({ outbox, figures }) => {
        outbox.lane('other')
        const record = { stream: 's', payload: `"${'x'.repeat(900)}"`, eventTimeMs: 1 }
        for (let at = 0; at < 300; at++) await outbox.acceptAll(at % 3 ? 'lane' : 'other', [record])
        const pages = async (lane?: string) => {
          const all: EvictionEntry[] = []
          for (let page = await outbox.evictions({ lane }); page.length > 0; ) {
            all.push(...page)
            should(page.length).be.belowOrEqual(100)
            page = await outbox.evictions({ lane, before: page.at(-1)?.number })
          }
          return all
        }
        const all = await pages()
        should(all.length).be.above(200)
        should(all.map(({ number }) => number)).eql(all.map((_, at) => all.length - 1 - at))
        const count = (entries: readonly EvictionEntry[]) => entries.reduce((sum, entry) => sum + entry.count, 0)
        const ofLane = await pages('lane')
        should(ofLane).eql(all.filter(({ lane }) => lane === 'lane'))
        should(count(ofLane)).equal((await figures()).evicted)
        should(count(all)).equal((await outbox.figures()).lanes.reduce((sum, { evicted }) => sum + evicted, 0))
        should(await outbox.evictions({ limit: 3 })).eql(all.slice(0, 3))
      },
      { maxBytes: 10_000, whenFull: 'evict-oldest' },
    ),
  )
})
