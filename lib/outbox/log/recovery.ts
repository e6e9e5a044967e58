import { type Checkpoint, checkpointNames, decodeCheckpoint } from './checkpoint'
import type { LogDisk, LogFile } from './disk'
import { faultOf, LogFault } from './fault'
import type { Files } from './files'
import { type FoundSegment, findSegments, segmentsBehind } from './found-segments'
import { surplusOf } from './lanes'
import type { LogIndex } from './live-index'
import type { Quarantine } from './quarantine'
import { Replay } from './replay'
import { scan } from './scan'
import { LiveBits, Segment } from './segment'
import { segmentHeaderLength, segmentName } from './segment-header'

/** What was not as it should be. All 0 after every proper end, and after most others. */
export interface RecoveryReport {
  /** Entries with one flipped bit, put right. */
  readonly mended: number
  /** Stretches of bytes in the log that could not be read. */
  readonly holes: number
  /** Bytes of the end that were not written whole; they were never accepted. */
  readonly tornBytes: number
  readonly missingSegments: number
  /** Files that have no place in the log, set aside. */
  readonly strangeFiles: number
  readonly damagedCheckpoints: number
  /** Records that the counters have and the log has not: booked as damaged. */
  readonly missing: number
  /** Records that are in the log again, though they were settled. */
  readonly reappeared: number
}

export interface Recovered {
  readonly salt: number
  readonly last: { readonly generation: number; readonly slot: number }
  readonly nextNumber: number
  /** Of the last group in the segment that is written to. */
  readonly group: number
  /** The log does not tell by itself what is known now. */
  readonly isOwed: boolean
  /** The file behind its end could not be cut off. */
  readonly isDoubtful: boolean
  readonly report: RecoveryReport
}

export interface RecoveryOptions {
  readonly disk: LogDisk
  readonly files: Files
  readonly index: LogIndex
  readonly quarantine: Quarantine
  readonly newSalt: () => number
}

const copiedBytes = 1 << 20

/** Finds out what is alive in the folder. @throws {LogFault} newer, foreign, io */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { disk, index, quarantine } = options
  const names = await disk.list()
  if (names.some((name) => name === 'CURRENT' || name.endsWith('.ldb')))
    throw new LogFault('foreign', 'the folder holds a store of another kind')
  await quarantine.find(names)
  const { checkpoint, last, damaged } = await readCheckpoints(disk, names)
  const { found, strange } = await findSegments(options, names, checkpoint)
  const salt = checkpoint?.salt ?? found.find(({ header }) => header)?.header?.salt ?? options.newSalt()
  const missing = takeOver(index, checkpoint, new Set(found.map(({ number }) => number)))
  const replayed = await replayLog(options, checkpoint, salt, found)
  await disk.syncFolder()
  const balance = settleBalance(index, replayed.lost)
  const report: RecoveryReport = {
    mended: replayed.report.mended,
    holes: replayed.report.holes,
    tornBytes: replayed.report.tornBytes,
    missingSegments: missing + replayed.missing,
    strangeFiles: strange,
    damagedCheckpoints: damaged,
    ...balance,
  }
  const highest = Math.max(0, checkpoint?.segment ?? 0, ...found.map(({ number }) => number))
  return {
    salt,
    last,
    nextNumber: highest + 1,
    group: replayed.group,
    isOwed:
      replayed.isOwed || report.holes + report.missingSegments + damaged + balance.missing + balance.reappeared > 0,
    isDoubtful: replayed.isDoubtful,
    report,
  }
}

async function readCheckpoints(disk: LogDisk, names: readonly string[]) {
  let damaged = 0
  let best: { checkpoint: Checkpoint; slot: number } | undefined
  for (const [slot, name] of checkpointNames.entries()) {
    if (!names.includes(name)) continue
    const file = await disk.open(name)
    try {
      const bytes = Buffer.alloc(await file.size())
      await file.read(bytes, 0)
      const checkpoint = decodeCheckpoint(bytes)
      // It may have been read from memory only, as may all that follows.
      await file.sync()
      if (!checkpoint) damaged++
      else if (!best || checkpoint.generation > best.checkpoint.generation) best = { checkpoint, slot }
    } finally {
      await file.close()
    }
  }
  if (best) await syncAgain(disk, checkpointNames[best.slot] ?? checkpointNames[0])
  const last = { generation: best?.checkpoint.generation ?? 0, slot: best?.slot ?? 1 }
  return { checkpoint: best?.checkpoint, last, damaged }
}

/** The other one is written over next. */
async function syncAgain(disk: LogDisk, name: string): Promise<void> {
  const file = await disk.open(name)
  try {
    await writeAgain(file, 0, await file.size())
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What the checkpoint tells. @returns how many segments are missing in which something is alive */
function takeOver(index: LogIndex, checkpoint: Checkpoint | undefined, found: ReadonlySet<number>): number {
  let missing = 0
  if (!checkpoint) return missing
  const { lanes } = index
  for (const { lane, number, ...counters } of checkpoint.lanes) Object.assign(lanes.add(lane, number), counters)
  for (const state of checkpoint.segments) {
    if (!found.has(state.number)) {
      // The one that was written to has to be there, whatever was in it then.
      if (state.liveCount > 0 || state.number === checkpoint.segment) missing++
      continue
    }
    if (!state.pages) continue
    const segment = new Segment(state.number, checkpoint.salt)
    segment.end = state.end
    segment.entries = state.entries
    segment.live = new LiveBits(state.live)
    segment.liveCount = state.liveCount
    segment.liveBytes = state.liveBytes
    segment.emptyCheckpoints = state.emptyCheckpoints + (state.liveCount === 0 ? 1 : 0)
    segment.pages = state.pages
    index.segments.set(segment.number, segment)
    for (let at = 0; at < state.pages.length; at++) {
      const { lane, area, last, records, bytes } = state.pages.row(at)
      const owner = lanes.ofNumber(lane)
      lanes.weigh(owner, area, records, bytes)
      owner.highest[area] = Math.max(owner.highest[area] ?? 0, last)
    }
  }
  return missing
}

async function replayLog(
  { disk, files, index, quarantine }: RecoveryOptions,
  checkpoint: Checkpoint | undefined,
  salt: number,
  found: readonly FoundSegment[],
) {
  const nextSequence = 1 + Math.max(0, ...[...index.lanes.all()].map(({ lastSequence }) => lastSequence))
  const replay = new Replay(index, nextSequence)
  const { behind, destroyed } = await segmentsBehind({ disk, files, quarantine }, checkpoint, salt, found)
  let missing = destroyed
  if (destroyed > 0) replay.skip()
  let previous = checkpoint?.segment
  let isOwed = false
  let isDoubtful = behind.at(-1)?.header === undefined
  for (const [at, { number, header }] of behind.entries()) {
    if (previous !== undefined && number !== previous && header && header.previous !== previous) {
      missing++
      replay.skip()
    }
    previous = number
    const segment = new Segment(number, salt)
    const state = number === checkpoint?.segment ? checkpoint.segments.find((one) => one.number === number) : undefined
    replay.begin(segment, state && { offset: checkpoint?.offset ?? 0, live: new LiveBits(state.live) })
    const next = behind[at + 1]
    const told = next?.header?.previous === number ? next.header.previousEnd : undefined
    await files.use(segmentName(number), async (file) => {
      const size = await file.size()
      for await (const batch of scan(file, segmentHeaderLength, Math.min(size, told ?? size), segment.seed))
        await replay.take(batch)
      if (!next) {
        isOwed = !(await replay.end())
        if (size > segment.end) {
          await quarantine.copy(file, number, { offset: segment.end, length: size - segment.end })
          await file.truncate(segment.end).catch(() => {
            isDoubtful = true
          })
        }
        if (replay.lastGroupOffset !== undefined) await writeAgain(file, replay.lastGroupOffset, segment.end)
      }
      if (next) await replay.seal()
      for (const hole of replay.damage.splice(0)) await quarantine.copy(file, number, hole)
      await file.sync()
    })
  }
  return { report: replay.report, lost: replay.lost, group: replay.group, isOwed, isDoubtful, missing }
}

/**
 * Writes what is there already. Where an earlier process has met a sync that failed, the system shows what is not on the disk, and
 * takes it for written; only what is written anew is synced.
 */
async function writeAgain(file: LogFile, start: number, end: number): Promise<void> {
  try {
    for (let offset = start; offset < end; offset += copiedBytes) {
      const bytes = Buffer.allocUnsafe(Math.min(copiedBytes, end - offset))
      await file.write(bytes.subarray(0, await file.read(bytes, offset)), offset)
    }
  } catch (failure) {
    // There are file systems that need room for that.
    if (faultOf(failure).kind !== 'full') throw failure
  }
}

/** Holds the counters against what is there. */
function settleBalance(index: LogIndex, lost: Replay['lost']): { missing: number; reappeared: number } {
  let missing = 0
  let reappeared = 0
  for (const [lane, records] of lost) {
    lane.damaged += records
    missing += records
  }
  for (const lane of index.lanes.all()) {
    const surplus = surplusOf(lane)
    if (surplus < 0) {
      lane.damaged -= surplus
      missing -= surplus
    } else if (surplus > 0) {
      const undelivered = Math.min(lane.delivered, surplus)
      lane.delivered -= undelivered
      lane.accepted += surplus - undelivered
      reappeared += surplus
    }
  }
  return { missing, reappeared }
}
