import { fillAndDrain, type SmallDisk } from '../outbox/small-disks'
import type { Row } from './table'

const sizes = [16, 32, 64, 320] as const

/**
 * One row for each size of a small file system. An outbox fills it, alone or with others, with what compresses well or not,
 * is opened while it is full, drained, and has to take values again.
 */
export async function smallDisks(): Promise<Row[]> {
  const rows: Row[] = []
  for (const megabytes of sizes) {
    let row: Row = { fault: `disk of ${megabytes} MB, full`, repetitions: 0, accepted: 0, lost: 0, duplicated: 0 }
    for (const disk of disksOf(megabytes)) {
      const drained = await fillAndDrain(disk).catch((failure: unknown) => {
        throw new Error(`An outbox on this disk failed: ${JSON.stringify(disk)}`, { cause: failure })
      })
      if (!drained) throw new Error('A small file system could not be mounted.')
      const { accepted, lost, takesAgain } = drained
      if (!takesAgain) throw new Error(`An outbox on ${megabytes} MB takes nothing any more after it was full.`)
      row = { ...row, repetitions: row.repetitions + 1, accepted: row.accepted + accepted, lost: row.lost + lost }
    }
    rows.push(row)
  }
  return rows
}

function disksOf(megabytes: number): SmallDisk[] {
  // What compresses well would take millions of records to fill the largest.
  const contents = megabytes > 100 ? [false] : [true, false]
  const floors = [{}, { freeFloorMegabytes: 0 }, { freeFloorMegabytes: 5 }]
  return contents.flatMap((compressible) =>
    [true, false].flatMap((filledByOthers) =>
      floors.map((floor) => ({ megabytes, compressible, filledByOthers, ...floor })),
    ),
  )
}
