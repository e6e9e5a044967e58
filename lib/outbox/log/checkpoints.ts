import { checkpointNames, encodeCheckpoint, encodeSegmentState } from './checkpoint'
import type { LogDisk } from './disk'
import type { Files } from './files'
import type { LogIndex } from './live-index'
import type { Segment } from './segment'
import { segmentName } from './segment-header'

/** What a checkpoint costs is small beside the log that it stands for. */
const logPerCheckpoint = 4
/** Says that a segment may go. */
const emptyEnough = 2

export interface CheckpointsOptions {
  readonly disk: LogDisk
  readonly files: Files
  readonly index: LogIndex
  readonly salt: number
  readonly segmentBytes: number
  readonly turn: () => Promise<void>
  /** The checkpoint that was begun with, and in which of the files it is. */
  readonly last: { readonly generation: number; readonly slot: number }
  /** Gives back disk space that was set aside for a full disk. @returns whether there was any */
  readonly release: () => Promise<boolean>
  readonly onDeleted: () => void
}

/** Writes what is alive, in turn into two files, and deletes the segments in which nothing is. */
export class Checkpoints {
  /** Nothing may be written before the next one: the log alone does not tell what is known. */
  isOwed = false
  /** Of the last one. */
  lengthBytes = 0
  #loggedBytes = 0
  /** Of the segment that the last one says is written to. */
  #told = 0
  #generation: number
  #slot: number
  /** Whose names are on the disk: the file may be from an attempt that failed. */
  readonly #namedSlots = new Set<number>()
  #writing: Promise<void> | undefined

  readonly #options: CheckpointsOptions

  constructor(options: CheckpointsOptions) {
    this.#options = options
    this.#generation = options.last.generation
    this.#slot = options.last.slot
  }

  /** The log has grown. */
  logged(bytes: number): void {
    this.#loggedBytes += bytes
    if (this.#isDue()) void this.write().catch(() => undefined)
  }

  /** @throws what the file system throws */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** What has happened until now is in one when this resolves. */
  async writeNow(): Promise<void> {
    await this.#writing?.catch(() => undefined)
    await this.write()
  }

  /** Nothing is being written any more. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing.catch(() => undefined)
  }

  #isDue(): boolean {
    const { segmentBytes, index } = this.#options
    if (this.#loggedBytes >= Math.max(segmentBytes / 2, logPerCheckpoint * this.lengthBytes)) return true
    // Only of a segment that a checkpoint names it would be noticed that it is missing.
    if (index.active.number !== this.#told) return true
    for (const segment of index.segments.values()) if (isEmpty(segment)) return true
    return false
  }

  async #write(): Promise<void> {
    do {
      await this.#encodeAhead()
      await this.#writeOne()
      await this.#deleteEmpty()
      // A new segment that was begun meanwhile is not named yet.
    } while (this.#isDue())
  }

  /** Most of a long checkpoint is encoded in turns of its own; what changes meanwhile once more in the end. */
  async #encodeAhead(): Promise<void> {
    for (const segment of this.#options.index.segments.values()) {
      if (segment.encoded) continue
      segment.encoded = encodeSegmentState(segment)
      await this.#options.turn()
    }
  }

  async #writeOne(): Promise<void> {
    const { index, salt } = this.#options
    const { active, lanes } = index
    const states = [...index.segments.values()].map((segment) => {
      segment.encoded ??= encodeSegmentState(segment)
      return segment.encoded
    })
    const place = { generation: this.#generation + 1, salt, segment: active.number, offset: active.end }
    const bytes = encodeCheckpoint(place, lanes.all(), lanes.count, states)
    const empty = this.#empty()
    const loggedBytes = this.#loggedBytes
    const wasOwed = this.isOwed
    this.isOwed = false
    try {
      await this.#put(bytes, wasOwed || empty.length > 0)
    } catch (failure) {
      this.isOwed ||= wasOwed
      throw failure
    }
    this.#generation++
    this.#told = place.segment
    this.#loggedBytes -= loggedBytes
    this.lengthBytes = bytes.length
    for (const segment of empty) {
      segment.emptyCheckpoints++
      segment.encoded = undefined
    }
  }

  /** @param isNeeded else the room that is set aside is left alone: without it, the next start takes longer */
  async #put(bytes: Buffer, isNeeded: boolean): Promise<void> {
    const slot = 1 - this.#slot
    try {
      await this.#writeTo(slot, bytes)
    } catch (failure) {
      if (!isNeeded || !(await this.#options.release())) throw failure
      await this.#writeTo(slot, bytes)
    }
    this.#slot = slot
  }

  async #writeTo(slot: number, bytes: Buffer): Promise<void> {
    const { disk } = this.#options
    const name = checkpointNames[slot] ?? checkpointNames[0]
    const isThere = (await disk.list()).includes(name)
    const file = await disk.open(name, { create: !isThere })
    try {
      await file.write(bytes, 0)
      await file.truncate(bytes.length)
      await file.sync()
    } finally {
      await file.close()
    }
    if (this.#namedSlots.has(slot)) return
    await disk.syncFolder()
    this.#namedSlots.add(slot)
  }

  #empty(): Segment[] {
    return [...this.#options.index.segments.values()].filter(isEmpty)
  }

  async #deleteEmpty(): Promise<void> {
    const { disk, files, index, onDeleted } = this.#options
    for (const segment of this.#empty()) {
      if (segment.emptyCheckpoints < emptyEnough) continue
      const name = segmentName(segment.number)
      await files.close(name)
      await disk.remove(name)
      index.segments.delete(segment.number)
      onDeleted()
    }
  }
}

/** Sealed, and nothing in it is alive. */
const isEmpty = ({ liveCount, pages }: Segment): boolean => liveCount === 0 && pages !== undefined
