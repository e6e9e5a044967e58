import { ConnectorError, say } from '../../core'
import type { DeadReason } from '../record/dead-letter'
import type { OutboxRecord } from '../record/record'

/** Data younger than the live limit, or older; a destination may send the two to different places. */
export type Freshness = 'live' | 'late'

/** What a failed request means for its records. Nothing but `validation` and `too-large` ever makes a dead letter. */
export type RetryClass =
  | { readonly kind: 'delivered' }
  /** No answer, or none that can be read. `timedOut` makes the next batch smaller. */
  | {
      readonly kind: 'network'
      readonly timedOut?: boolean
      /** The cloud may have taken it all the same: the fault came after the whole request. */
      readonly mayHaveArrived?: boolean
    }
  /** The cloud has a fault of its own. */
  | { readonly kind: 'server' }
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number | undefined }
  /** Session or token unknown; the next `send` logs in anew. */
  | { readonly kind: 'session' }
  /** Refused even after a fresh login. */
  | { readonly kind: 'credentials' }
  | { readonly kind: 'too-large' }
  /** The cloud doesn't know, or doesn't allow, these streams (default: those of the batch). */
  | {
      readonly kind: 'configuration'
      readonly streams?: readonly string[]
      /** Perhaps not yet: they are tried again within seconds. */
      readonly isPerhapsNew?: boolean
    }
  | { readonly kind: 'billing' }
  /**
   * The content of at least one record is refused. Of one record in a partial answer it may be certain that it is this
   * record's own fault, whatever becomes of others.
   */
  | { readonly kind: 'validation'; readonly isCertain?: boolean }
  /** One class per record, in the order in which they were sent. */
  | { readonly kind: 'partial'; readonly results: readonly RetryClass[] }
  /** Our own mistake: nothing could be made of the records. */
  | { readonly kind: 'bug' }

/** A cloud session that takes records. Supplied by the protocol rooms. */
export interface Destination {
  /**
   * `lane`: a request may hold records of many streams. `stream`: of one stream only, one request at a time for each,
   * several streams in parallel.
   */
  readonly batching: 'lane' | 'stream'
  /** Largest request, where the cloud has a limit below ours (1,000 records, 128 KB). */
  readonly maxRecords?: number
  readonly maxBytes?: number
  /**
   * Its payloads hold times: each of their JSON texts ends with `"time":` and Unix ms, and nothing but closing braces behind.
   * Those that came without a time are set right, and wait while the PC's clock is not set.
   */
  readonly isDated?: boolean
  /** Resolves when the cloud has confirmed all of them; else throws something that `classify` understands. */
  send(records: readonly OutboxRecord[], context: { signal: AbortSignal; kind: Freshness }): Promise<void>
  classify(error: unknown): RetryClass
}

/** What a dead letter, or a lane's figures, say about an error. Only our own errors are known to be free of secrets. */
export function reasonOf(error: unknown): DeadReason {
  if (!(error instanceof ConnectorError)) return { code: 'INTERNAL', text: say`The records could not be sent.` }
  return { code: error.code, cloudCode: error.cloudCode, text: error.text }
}
