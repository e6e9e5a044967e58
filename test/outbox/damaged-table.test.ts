import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { isWholeTable } from '../../lib/outbox/damaged-tables'
import { pendingOf } from '../../lib/outbox/ledger'
import { mendTable, rebuildTable } from '../../lib/outbox/mend-table'
import { contentOf, entriesIn, layoutOf } from '../../lib/outbox/table-file'
import { buildScene, flipBits, lane, openQueue } from './damaged-scene'
import { bodiesOf, inFolder, readAll } from './places'

const tablePaths = async (folder: string) =>
  (await readdir(join(folder, 'store')))
    .filter((name) => name.endsWith('.ldb'))
    .map((name) => join(folder, 'store', name))

function blocksOf(table: Buffer): string[][] {
  const { data } = layoutOf(table) ?? { data: [] }
  return data.map((block) => entriesIn(contentOf(table, block).bytes).entries.map(({ key }) => key.toString('hex')))
}

async function withTable(use: (table: Buffer) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await buildScene(folder)
    const [path = ''] = await tablePaths(folder)
    await use(await readFile(path))
  })
}

describe("a damaged table of the outbox's store", () => {
  it('is as it was written again after one changed byte, wherever it lies', async function () {
    this.timeout(60_000)
    await withTable(async (table) => {
      should(await isWholeTable(table)).equal(true)
      for (let at = 1; at < table.length; at += 11) {
        const damaged = Buffer.from(table)
        damaged[at] = (table[at] as number) ^ (1 + ((at * 37) % 255))
        // Between the places that the end names and its magic number there is padding, which nobody reads.
        if (await isWholeTable(damaged)) should(at).be.aboveOrEqual(table.length - 48)
        else should(mendTable(damaged)?.equals(table)).equal(true, `byte ${at}`)
      }
    })
  })

  it('loses to a bad sector, or to a cut, only records of the blocks that are hit', async function () {
    this.timeout(60_000)
    await withTable(async (table) => {
      const blocks = blocksOf(table)
      const handles = layoutOf(table)?.data ?? []
      const damages = Array.from({ length: 20 }, (_, one) => ({ from: Math.floor((one / 20) * table.length), one }))
      for (const { from, one } of damages) {
        const isCut = one % 2 === 0
        const end = isCut ? table.length : Math.min(table.length, from + 512)
        const damaged = isCut ? table.subarray(0, from) : Buffer.from(table).fill(0, from, end)
        const rebuilt = rebuildTable(damaged)
        const left = new Set(rebuilt ? blocksOf(rebuilt).flat() : [])
        if (rebuilt) should(await isWholeTable(rebuilt)).equal(true)
        for (const [at, { offset, size }] of handles.entries()) {
          if (offset + size + 5 > from && offset < end) continue
          for (const key of blocks[at] ?? []) should(left.has(key)).equal(true, `${from} to ${end}: block ${at}`)
        }
      }
    })
  })

  it('is mended while the outbox runs, as soon as a reader or a count meets it, and nothing is given up', () =>
    inFolder(async (folder) => {
      await buildScene(folder)
      const queue = await openQueue(folder)
      await queue.recountDone()
      const expected = (await readAll(queue, lane)).flatMap(bodiesOf)
      for (const path of await tablePaths(folder)) await flipBits(path, (await stat(path)).size >> 1, 4)
      await queue.store().releaseMemory()
      // LevelDB may step over a block in silence; then the next count finds it, and those who read are told to begin anew.
      await readAll(queue, lane)
      await queue.mendTables()
      await queue.recountDone()
      should((await readAll(queue, lane)).flatMap(bodiesOf).length).equal(expected.length)
      queue.ensureLane(lane).damaged.should.equal(0)
      await queue.close()
      should((await readdir(folder)).filter((name) => name.startsWith('quarantine')).length).be.aboveOrEqual(1)
    })).timeout(20_000)

  it('is mended where it is met by making room for new records, which then come in', () =>
    inFolder(async (folder) => {
      await buildScene(folder)
      const first = await openQueue(folder)
      await first.recountDone()
      const maxBytes = first.heldBytes() + 100
      await first.close()

      const queue = await openQueue(folder, { maxBytes, whenFull: 'evict-oldest' })
      await queue.recountDone()
      for (const path of await tablePaths(folder)) {
        const { size } = await stat(path)
        for (let part = 1; part < 20; part++) await flipBits(path, Math.floor((size * part) / 20), 4)
      }
      await queue.store().releaseMemory()
      await queue.append(lane, [{ stream: 's', payload: 'x'.repeat(5000), eventTimeMs: 0 }])
      await queue.append(lane, [{ stream: 's', payload: 'x'.repeat(5000), eventTimeMs: 0 }])
      await queue.recountDone()
      should(queue.heldBytes()).be.belowOrEqual(maxBytes)
      pendingOf(queue.ensureLane(lane)).should.equal((await readAll(queue, lane)).flatMap(bodiesOf).length)
      await queue.close()
    })).timeout(20_000)
})
