import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { isWholeTable } from '../../../lib/outbox/store/damaged-tables'
import { mendTable, rebuildTable } from '../../../lib/outbox/store/mend-table'
import { contentOf, entriesIn, layoutOf, magic } from '../../../lib/outbox/store/table-file'
import { patienceMs } from '../../patience'
import { MemoryDisk } from '../memory-disk'
import { bodiesOf, inFolder, readAll } from '../places'
import { buildScene, flipBits, lane, openQueue } from './damaged-scene'

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

describe("a damaged table of the outbox's store", function () {
  this.timeout(patienceMs)
  it('is as it was written again after one changed byte, wherever it lies', async () => {
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

  it('loses to a bad sector, or to a cut, only records of the blocks that are hit', async () => {
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
      const expected = (await readAll(queue, lane)).flatMap(bodiesOf)
      for (const path of await tablePaths(folder)) await flipBits(path, (await stat(path)).size >> 1, 4)
      await queue.store().releaseMemory()
      // LevelDB may step over a block in silence; then the next count finds it, and those who read are told to begin anew.
      await readAll(queue, lane)
      await queue.mendTables()
      should((await readAll(queue, lane)).flatMap(bodiesOf).length).equal(expected.length)
      queue.ledgerOf(lane).damaged.should.equal(0)
      await queue.close()
      should((await readdir(folder)).filter((name) => name.startsWith('quarantine')).length).be.aboveOrEqual(1)
    })).timeout(patienceMs)

  it('is mended where it is met by making room for new records, which then come in', () =>
    inFolder(async (folder) => {
      const driver = new MemoryDisk()
      const queue = await openQueue(folder, { driver, maxBytes: 2_000, whenFull: 'evict-oldest' })
      const large = (text: string) => queue.append(lane, [{ stream: 's', payload: text.repeat(800), eventTimeMs: 0 }])
      await large('1')
      await large('2')
      const [[key, value]] = driver.entries.filter(([entry]) => entry[0] === 0x72) as [[Buffer, Buffer]]
      driver.write({ type: 'put', key, value: Buffer.concat([value, Buffer.of(0)]) })
      await writeFile(join(folder, 'store', '000005.ldb'), Buffer.concat([Buffer.alloc(100), magic]))
      await large('3')
      should(await tablePaths(folder)).be.empty()
      await large('4')
      const ledger = queue.ledgerOf(lane)
      should(queue.heldBytes()).be.belowOrEqual(2_000)
      should(ledger.accepted).equal(4)
      ledger.pending.should.equal((await readAll(queue, lane)).length)
      await queue.close()
    }))
})
