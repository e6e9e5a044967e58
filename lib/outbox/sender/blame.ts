import { isMixed, streamsIn, streamsOf } from '../record/parts'
import { grouped, type OutboxRecord } from '../record/record'
import type { Attempt } from './attempt'
import { namedBy } from './named'
import type { Segment } from './refusals'
import type { Sending } from './sending'

/** Where a word stands in more, it hardly means one of them. */
const mostNamed = 64

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
    const whole = await sending.takenApart(attempt.records, () => isAlone)
    const suspected = aside || rest.length === 0 ? namedBy(words, whole).slice(0, mostNamed) : []
    const streams = streamsIn(suspected)
    // Of bundles with others' values all of theirs, or what stays would be overtaken.
    const isToPart = (record: OutboxRecord) =>
      suspected.includes(record) || (isMixed(record) && streamsOf(record).some((stream) => streams.has(stream)))
    const records = suspected.length > 0 ? await sending.takenApart(whole, isToPart) : whole
    if (sending.stopped) return sending.putBack({ ...attempt, records })
    const named = suspected.flatMap((suspect) => within(suspect, words, records))
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
    const streams = streamsIn(records)
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

/** Of the records that a suspected bundle was taken apart into, those that are meant; else the first. */
function within({ sequence, count }: OutboxRecord, words: string, records: readonly OutboxRecord[]) {
  const parts = records.filter((record) => record.sequence >= sequence && record.sequence < sequence + count)
  const named = namedBy(words, parts)
  return named.length > 0 ? named : parts.slice(0, 1)
}
