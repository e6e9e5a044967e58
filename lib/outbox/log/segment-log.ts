import { aroundBadSectors, isOfReading } from './bad-sectors'
import { Bodies } from './bodies'
import type { Change, Move } from './change'
import { Checkpoints } from './checkpoints'
import { Cleaner } from './cleaner'
import type { LogDisk } from './disk'
import type { Area } from './entry'
import { faultOf } from './fault'
import { Files } from './files'
import type { LaneLedger } from './lanes'
import { LogIndex } from './live-index'
import { type LogOptions, segmentBytesOf } from './options'
import { PageStore } from './pages'
import { Quarantine } from './quarantine'
import { Reader, type ReadOptions, type Slice } from './reader'
import { type RecoveryReport, recover } from './recovery'
import { giveBack, Reserve } from './reserve'
import { Tail } from './tail'
import { Writer } from './writer'

/** What the queue sees of the log. Every failure is a `LogFault`. */
export interface SegmentLog {
  /**
   * Resolves when all of it is on the disk; what is handed in meanwhile shares the next sync. After a failure none of it is
   * there, as far as this process is told; a later one may find it.
   * @param together after a power cut, all of it is there or nothing
   * @throws {LogFault} full: what is new is refused, settlements have the room of the reserve; io; closed
   */
  commit(changes: readonly Change[], options?: { together?: boolean }): Promise<void>
  /** Resolves when it can be written; after a failure the next commit would find out. @throws {LogFault} full, io, closed */
  ready(): Promise<void>
  /** What is alive of a lane's area, from one sequence to another (exclusive). @throws {LogFault} io */
  read(lane: string, area: Area, from: number, before: number, options?: ReadOptions): Promise<Slice>
  /** Of every lane there has been. */
  ledgers(): readonly LaneLedger[]
  ledger(lane: string): LaneLedger | undefined
  /** What is alive of pending records and dead letters takes, of all lanes. */
  keptBytes(): number
  /** Of that, dead letters. */
  deadBytes(): number
  /** What was not as it should be when it was opened. */
  readonly report: RecoveryReport
  /** What its segments take on the disk. */
  diskBytes(): number
  /** What it was told to do by itself is done: nothing is rewritten or deleted any more. */
  idle(): Promise<void>
  /** What was handed in is written; then the folder is free. */
  close(): Promise<void>
}

/** @throws {LogFault} locked, newer, foreign, full, io */
export async function openSegmentLog(disk: LogDisk, options: LogOptions): Promise<SegmentLog> {
  const unlock = await lock(disk)
  try {
    return await openOn(disk, disk, options, unlock).catch((failure) => {
      if (!isOfReading(failure)) throw failure
      return openOn(disk, aroundBadSectors(disk), options, unlock)
    })
  } catch (failure) {
    await unlock()
    throw faultOf(failure)
  }
}

async function openOn(
  disk: LogDisk,
  found: LogDisk,
  options: LogOptions,
  unlock: () => Promise<void>,
): Promise<SegmentLog> {
  const files = new Files(found)
  try {
    return await open(disk, found, files, options, unlock)
  } catch (failure) {
    await files.closeAll()
    throw failure
  }
}

/** A full disk may have no room even for that: what is set aside is given back then. */
async function lock(disk: LogDisk): Promise<() => Promise<void>> {
  try {
    return await disk.lock()
  } catch (failure) {
    const fault = faultOf(failure)
    if (fault.kind !== 'full' || !(await giveBack(disk))) throw fault
    return disk.lock().catch((again) => {
      throw faultOf(again)
    })
  }
}

/** @param found the same disk, as what is there is found on it */
async function open(
  disk: LogDisk,
  found: LogDisk,
  files: Files,
  options: LogOptions,
  unlock: () => Promise<void>,
): Promise<SegmentLog> {
  const { turn, random, monotonicMs, roomBytes = () => Number.POSITIVE_INFINITY } = options
  const segmentBytes = segmentBytesOf(options)
  const quarantine = new Quarantine(disk)
  const pages = new PageStore(files, quarantine, monotonicMs)
  const index = new LogIndex(pages)
  pages.onLost = (segment, row, puts, records, bytes) => index.lost(segment, row, puts, records, bytes)
  const newSalt = () => Math.floor(random() * 2 ** 32)
  const recovered = await recover({ disk: found, files, index, quarantine, newSalt })
  const { salt, last, nextNumber, report } = recovered
  const tail = new Tail({ disk, index, salt, turn }, nextNumber)
  const reserve = new Reserve({
    disk,
    segmentBytes,
    random,
    monotonicMs,
    roomBytes,
    logBytes: () => index.bytes,
    checkpointBytes: () => checkpoints.lengthBytes,
  })
  const checkpoints: Checkpoints = new Checkpoints({
    disk,
    files,
    index,
    salt,
    segmentBytes,
    turn,
    last,
    release: () => reserve.release(),
    onDeleted: () => reserve.tryAgain(),
  })
  pages.onLost = (segment, row, puts, records, bytes) => {
    index.lost(segment, row, puts, records, bytes)
    checkpoints.isOwed = true
  }
  await reserve.find()
  checkpoints.isOwed = recovered.isOwed
  if (index.hasActive) await tail.resume(recovered.group, recovered.isDoubtful)
  else {
    await tail.roll().catch(async (fault) => {
      if (faultOf(fault).kind !== 'full' || !(await reserve.release())) throw fault
      await tail.roll()
    })
    checkpoints.isOwed = true
  }
  pages.tryDisk = () => checkpoints.writeNow()
  if (found !== disk) {
    await files.changeTo(disk)
    // Where it can't be written either, it may only be away for a while.
    await checkpoints.writeNow()
  }
  const submit = (changes: readonly (Change | Move)[]) => writer.submit(changes, false)
  const common = { index, pages, bodies: new Bodies(files, quarantine, turn), segmentBytes, turn, submit }
  const cleaner = new Cleaner(common)
  const writer: Writer = new Writer({
    ...common,
    pieceBytes: options.pieceBytes,
    tail,
    checkpoints,
    reserve,
    onSettled: () => cleaner.wake(),
  })
  const reader = new Reader({ ...common, monotonicMs })
  return {
    report,
    commit: (changes, { together = false } = {}) => writer.submit(changes, together),
    ready: () => writer.ready(),
    read: (lane, area, from, before, limits) => reader.read(lane, area, from, before, limits),
    ledgers: () => [...index.lanes.all()],
    ledger: (lane) => index.lanes.get(lane),
    keptBytes: () => index.lanes.pendingBytes + index.lanes.deadBytes,
    deadBytes: () => index.lanes.deadBytes,
    diskBytes: () => index.bytes,
    async idle() {
      await cleaner.idle()
      await checkpoints.idle()
    },
    async close() {
      await cleaner.stop()
      await writer.close()
      // Without it, the next start reads more of the log.
      await checkpoints.writeNow().catch(() => undefined)
      await tail.close()
      await files.closeAll()
      await unlock()
    },
  }
}
