import { isMixed, streamsOf } from '../record/parts'
import { type OutboxRecord, type Size, sentBytes } from '../record/record'

/** What a question may hold, and how much of each stream. */
export interface QuestionLimits extends Size {
  readonly perStream: number
}

/**
 * Of the records that wait to be sent, while it is asked who is to blame for a fault: those of the streams that travel in
 * questions only, each stream by itself; and the bundles that hold such streams, which are to be taken apart first.
 */
export class HeldStreams {
  readonly #streams = new Map<string, OutboxRecord[]>()
  #tangled: OutboxRecord[] = []

  readonly #isHeld: (stream: string) => boolean

  constructor(isHeld: (stream: string) => boolean) {
    this.#isHeld = isHeld
  }

  get isTangled(): boolean {
    return this.#tangled.length > 0
  }

  /** Takes it, if it is to be held. */
  add(record: OutboxRecord): boolean {
    if (isMixed(record)) {
      if (!streamsOf(record).some(this.#isHeld)) return false
      this.#tangled.push(record)
      return true
    }
    if (!this.#isHeld(record.stream)) return false
    const records = this.#streams.get(record.stream)
    if (records) {
      let at = records.length
      while (at > 0 && (records[at - 1]?.sequence ?? 0) > record.sequence) at--
      records.splice(at, 0, record)
    } else this.#streams.set(record.stream, [record])
    return true
  }

  /** The first records of some streams, each of which then comes after all others. */
  take({ count: mostCount, bytes: mostBytes, perStream }: QuestionLimits, isMeant: (stream: string) => boolean) {
    const taken: OutboxRecord[] = []
    const rest: [string, OutboxRecord[]][] = []
    let count = 0
    let bytes = 0
    for (const [stream, records] of this.#streams) {
      if (count >= mostCount || bytes >= mostBytes) break
      if (!isMeant(stream)) continue
      let end = 0
      for (let ofStream = 0; end < records.length && ofStream < perStream && bytes < mostBytes; end++) {
        const record = records[end]
        if (!record) break
        taken.push(record)
        ofStream += record.count
        count += record.count
        bytes += sentBytes(record)
      }
      rest.push([stream, records.slice(end)])
    }
    for (const [stream, records] of rest) {
      this.#streams.delete(stream)
      if (records.length > 0) this.#streams.set(stream, records)
    }
    return taken
  }

  takeTangled(): OutboxRecord[] {
    return this.#tangled.splice(0)
  }

  takeStream(stream: string): readonly OutboxRecord[] {
    const records = this.#streams.get(stream) ?? []
    this.#streams.delete(stream)
    return records
  }

  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed = this.#tangled.filter(isGone)
    if (removed.length > 0) this.#tangled = this.#tangled.filter((record) => !isGone(record))
    for (const [stream, records] of this.#streams) {
      const gone = records.filter(isGone)
      if (gone.length === 0) continue
      removed.push(...gone)
      if (gone.length === records.length) this.#streams.delete(stream)
      else
        this.#streams.set(
          stream,
          records.filter((record) => !isGone(record)),
        )
    }
    return removed
  }

  *all(): Generator<OutboxRecord, void, void> {
    yield* this.#tangled
    for (const records of this.#streams.values()) yield* records
  }
}
