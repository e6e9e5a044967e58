import { namedBy } from './named'
import { isMixed, streamsOf } from './parts'
import type { OutboxRecord } from './record'
import type { Segment } from './refusals'
import type { Attempt, Sending } from './sending'
import { grouped } from './window'

/** Looks for the one that the cloud refuses, among records that were refused together. */
export class Blame {
  readonly #sending: Sending

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** @param words of the refusal, which may name what is meant */
  async refused(attempt: Attempt, words: string): Promise<void> {
    const sending = this.#sending
    const { aside, rest = [], refusedSinceMs } = attempt
    const isAlone = attempt.records.length === 1
    let records: readonly OutboxRecord[] = await sending.takenApart(attempt.records, () => isAlone)
    const streams = aside || rest.length > 0 ? new Set<string>() : new Set(namedBy(words, records).flatMap(streamsOf))
    // All of theirs, or what stays in a bundle would be overtaken.
    if (streams.size > 0)
      records = await sending.takenApart(
        records,
        (record) => isMixed(record) && streamsOf(record).some((stream) => streams.has(stream)),
      )
    if (sending.stopped) return sending.putBack({ ...attempt, records })
    // A bundle of several streams has no name, as a stream may have none.
    const isMeant = (record: OutboxRecord) => aside || (streams.has(record.stream) && !isMixed(record))
    const named = aside || streams.size > 0 ? namedBy(words, records).filter(isMeant) : []
    if (aside) {
      sending.aside.putBack(aside, sending.present(records))
      aside.refused(records, refusedSinceMs, named[0]?.sequence)
      return
    }
    // Of the others nothing is known: those of other streams go on at once.
    if (rest.length > 0) sending.toWindow({ ...attempt, records: rest, rest: [] })
    if (named.length === 0) this.oneOf({ ...attempt, records, rest: [] })
    else this.#namedAside({ ...attempt, records }, named)
  }

  /** One of these is refused, or of a stream that the cloud does not know. */
  oneOf({ kind, records: suspected, refusedSinceMs }: Segment): void {
    const sending = this.#sending
    const records = sending.sorted(suspected)
    const [first] = records
    if (!first) return
    const streams = new Set(records.flatMap(streamsOf))
    if (records.length === 1) sending.refusals.putBack({ kind, records, refusedSinceMs })
    else if (streams.size > 1) sending.refusals.split({ kind, records, refusedSinceMs })
    else this.#goAside(first.stream, records, refusedSinceMs)
  }

  /** @param named the first of them that the refusal seems to mean */
  #goAside(name: string, records: readonly OutboxRecord[], refusedSinceMs: number, named?: number): void {
    const sending = this.#sending
    const stream = sending.aside.open(name, 'refused')
    sending.release(sending.aside.add(records))
    stream.taint(Math.min(records.length, stream.records.length), refusedSinceMs, named)
    sending.takeOut(name)
  }

  /** The streams of those that are named go their own ways; the others go on. */
  #namedAside({ kind, records, refusedSinceMs }: Segment, named: readonly OutboxRecord[]): void {
    const sending = this.#sending
    const firsts = new Map(named.toReversed().map(({ stream, sequence }) => [stream, sequence]))
    const present = sending.sorted(records)
    const isOthers = (record: OutboxRecord) => isMixed(record) || !firsts.has(record.stream)
    sending.toWindow({ kind, records: present.filter(isOthers), refusedSinceMs })
    const ofNamed = present.filter((record) => !isOthers(record))
    for (const [stream, all] of grouped(ofNamed, (record) => record.stream))
      this.#goAside(stream, all, refusedSinceMs, firsts.get(stream))
  }
}
