import type { Text, Translate } from '../core'
import { type EnosUplink, PreviewedUplink } from '../enos'
import { type HttpRequest, RecordedRequests } from '../http'
import type { ValueReport } from '../message'
import type { Destination } from '../outbox'
import { DoubtfulPlaces, type Mark } from './doubtful-places'
import { PreviewedOutbox } from './previewed-outbox'
import { type Told, toldIn } from './told-report'

/** A preview shows so many requests, and so much of the body of each. */
const mostRequests = 10
const mostBodyBytes = 32 * 1024
const mostNotes = 20
/** How long the cloud may take to tell of thing models and sensors, before it is looked without them. */
const learnWithinMs = 6_000

export interface PreviewedRequest {
  method: string
  /** Secrets are `***`, here and in the headers. */
  url: string
  headers: Readonly<Record<string, string>>
  /** The first 32 KB. */
  body: string
  /** Of the whole body. */
  bodyBytes: number
  /** The doubtful values in it. */
  marks: Mark[]
}

/** What would be sent for a message. */
export interface Preview extends Told {
  /** When: at once, or from the outbox, where it may travel with what else waits there. */
  way: 'now' | 'outbox'
  /** The first ten. */
  requests: PreviewedRequest[]
  requestCount: number
  /** What was not checked, and why. */
  unchecked: Text[]
}

/** One look at what becomes of a message: what settings and senders are told instead of sending. */
export class Previewing {
  readonly requests = new RecordedRequests(mostRequests)
  /** Into the language of whoever looks. */
  readonly translate: Translate
  /** Ends what is asked of the cloud. */
  readonly signal: AbortSignal
  #way: Preview['way'] = 'now'
  readonly #unchecked = new Map<string, Text>()
  readonly #doubts = new DoubtfulPlaces()
  #learning: Promise<unknown> | undefined

  constructor(translate: Translate, signal: AbortSignal = AbortSignal.timeout(learnWithinMs)) {
    this.translate = translate
    this.signal = signal
  }

  /** What of the message can't be sent or is doubtful, as soon as there is one. */
  report: ValueReport | undefined

  /** What stands in for a way to EnOS. */
  enosUplink(uplink: EnosUplink): PreviewedUplink {
    return new PreviewedUplink(uplink, this.requests, (entry, json) => {
      if (this.report) this.#doubts.encoded(entry, json, this.report)
    })
  }

  /** What stands in for the outbox. */
  outboxTo(destination: Destination): PreviewedOutbox {
    this.#way = 'outbox'
    return new PreviewedOutbox(destination)
  }

  /**
   * Something was not checked.
   * @param what tells it from others
   * @param learning resolves when it may be known
   */
  notChecked(what: string, why: Text, learning?: Promise<unknown>): void {
    if (this.#unchecked.size < mostNotes) this.#unchecked.set(what, why)
    this.#learning ??= learning
  }

  /** Whether something is known now that was not when it was looked. */
  async hasLearned(): Promise<boolean> {
    if (!this.#learning || this.signal.aborted) return false
    const { signal } = this
    const ended = new Promise<boolean>((resolve) =>
      signal.addEventListener('abort', () => resolve(false), { once: true }),
    )
    return Promise.race([this.#learning.then(() => true), ended])
  }

  told(report: ValueReport | undefined): Preview {
    if (report) this.#doubts.ofSeries(report)
    return {
      way: this.#way,
      requests: this.requests.kept.map((request) => shown(request, this.#doubts)),
      requestCount: this.requests.count,
      unchecked: [...this.#unchecked.values()],
      ...(report ? toldIn(report) : {}),
    }
  }
}

function shown({ method, url, headers = {}, body = '' }: HttpRequest, doubts: DoubtfulPlaces): PreviewedRequest {
  const bytes = Buffer.from(body)
  const text = textOf(bytes.subarray(0, mostBodyBytes))
  return { method, url, headers, body: text, bodyBytes: bytes.length, marks: doubts.in(text) }
}

/** A cut may go through a character. */
const textOf = (bytes: Buffer): string => new TextDecoder().decode(bytes, { stream: true })
