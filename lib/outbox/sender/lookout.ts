import type { DurableQueue } from '../queue/queue'
import { isMixed } from '../record/parts'
import type { LaneReader } from './lane-reader'

/** Looked through at a time, of some 200 records each: no more, since a request waits for it. */
const mostSlices = 100

interface Look {
  readonly stream: string
  readonly returns: number
  /** Before this nothing is unread but values of the stream. */
  before: number
}

/**
 * Looks for others in what is not read yet, where a single stream fails and no other is known of: the windows hold no more than
 * a few requests of it. Nothing is taken, and each time it goes on where it was.
 */
export class Lookout {
  #last: Look | undefined

  readonly #reader: LaneReader
  readonly #options: { readonly queue: DurableQueue; readonly lane: string }

  constructor(reader: LaneReader, options: { readonly queue: DurableQueue; readonly lane: string }) {
    this.#reader = reader
    this.#options = options
  }

  /** Whether values of others than this stream wait, as far as it has come; not known once the store is being closed. */
  async hasOthers(stream: string, isStopped: () => boolean): Promise<boolean> {
    const { queue, lane } = this.#options
    const { readBefore, returns, undated } = this.#reader
    const last = this.#last?.stream === stream && this.#last.returns === returns ? this.#last : undefined
    const look: Look = { stream, returns, before: Math.max(last?.before ?? 0, readBefore) }
    this.#last = look
    for (let slice = 0; slice < mostSlices && !isStopped(); slice++) {
      const end = queue.ledgerOf(lane).lastSequence + 1
      const read = await queue.read(lane, look.before, end).catch(() => undefined)
      if (!read) return false
      // A bundle of several streams has others in it.
      const isOther = (record: (typeof read.records)[number]) => isMixed(record) || record.stream !== stream
      if (read.records.some((record) => isOther(record) && !undated.holds(record))) return true
      look.before = read.nextSequence
      if (read.atEnd) return false
    }
    return false
  }
}
