import type { Checkpoint } from './checkpoint'
import type { LogDisk } from './disk'
import type { Files } from './files'
import type { Quarantine } from './quarantine'
import { scan } from './scan'
import { Segment } from './segment'
import {
  decodeSegmentHeader,
  type SegmentHeader,
  segmentHeaderLength,
  segmentName,
  segmentNumberOf,
} from './segment-header'

interface Folder {
  readonly disk: LogDisk
  readonly files: Files
  readonly quarantine: Quarantine
}

export interface FoundSegment {
  readonly number: number
  readonly header: SegmentHeader | undefined
}

/** The segments that count, in their order. What a deletion has left is deleted; what has no place here is set aside. */
export async function findSegments(
  { disk, files, quarantine }: Folder,
  names: readonly string[],
  checkpoint: Checkpoint | undefined,
): Promise<{ found: FoundSegment[]; strange: number }> {
  const listed = new Set(checkpoint?.segments.map(({ number }) => number))
  const isWanted = (number: number) => !checkpoint || number >= checkpoint.segment || listed.has(number)
  const found = new Map<number, FoundSegment>()
  const misnamed: { name: string; header: SegmentHeader }[] = []
  let strange = 0
  for (const name of names) {
    if (!name.startsWith('segment-')) continue
    const number = segmentNumberOf(name)
    const header = decodeSegmentHeader(await files.read(name, 0, segmentHeaderLength))
    await files.close(name)
    const isOfAnother = checkpoint && header && header.salt !== checkpoint.salt
    if (number === undefined || isOfAnother || (header && header.number !== number)) {
      if (header && !isOfAnother) misnamed.push({ name, header })
      else {
        await quarantine.setAside(name)
        strange++
      }
    } else if (isWanted(number)) found.set(number, { number, header })
    else await disk.remove(name)
  }
  for (const { name, header } of misnamed) {
    strange++
    if (found.has(header.number) || !isWanted(header.number)) await quarantine.setAside(name)
    else {
      await disk.rename(name, segmentName(header.number))
      found.set(header.number, { number: header.number, header })
    }
  }
  return { found: [...found.values()].sort((a, b) => a.number - b.number), strange }
}

/**
 * Those that the checkpoint does not tell of, or not all. What was begun and never written to is deleted; what was written
 * and is destroyed is set aside.
 */
export async function segmentsBehind(
  { disk, files, quarantine }: Folder,
  checkpoint: Checkpoint | undefined,
  salt: number,
  found: readonly FoundSegment[],
): Promise<{ behind: FoundSegment[]; destroyed: number }> {
  const later = found.filter(({ number }) => !checkpoint || number >= checkpoint.segment)
  const states = await Promise.all(later.map((one) => stateOf(files, one, salt)))
  const chain = chainOf(later, states)
  const behind: FoundSegment[] = []
  let destroyed = 0
  for (const [at, one] of later.entries()) {
    const [name, isNamed] = [segmentName(one.number), one.number === checkpoint?.segment]
    const isBegun = states[at] === 'begun'
    if (states[at] === 'written' || (isBegun && one.header && (isNamed || chain.has(one.number)))) behind.push(one)
    else {
      await files.close(name)
      if (isBegun && !isNamed) await disk.remove(name)
      else {
        destroyed++
        await quarantine.setAside(name)
      }
    }
  }
  return { behind, destroyed }
}

/** The segments that were written one after the other, as the last one and those before it tell. */
function chainOf(later: readonly FoundSegment[], states: readonly string[]): ReadonlySet<number> {
  const chain = new Set<number>()
  let next = later.findLast((_, at) => states[at] === 'written')
  for (let one = next; one; one = next) {
    const { number, header } = one
    chain.add(number)
    next = later.find((other) => other.number === header?.previous && other.number < number)
  }
  return chain
}

/**
 * `begun`: nothing was ever put into it. The power cut may have come before it was on the disk, or beginning it has failed,
 * and the one before was written on: what it says of its end does not count.
 */
function stateOf(files: Files, one: FoundSegment, salt: number): Promise<'begun' | 'written' | 'destroyed'> {
  const { seed } = new Segment(one.number, salt)
  return files.use(segmentName(one.number), async (file) => {
    const size = await file.size()
    if (size <= segmentHeaderLength) return 'begun'
    if (one.header) return 'written'
    for await (const batch of scan(file, segmentHeaderLength, size, seed))
      if (batch.some(({ type }) => type === 'entry')) return 'written'
    return 'destroyed'
  })
}
