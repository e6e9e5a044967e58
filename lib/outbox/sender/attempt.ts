import type { OutboxRecord } from '../record/record'
import type { AsideStream } from './aside-stream'
import type { OrderKey } from './order'
import type { Segment } from './refusals'

export type Origin =
  /** Bundles that are taken apart before anything is sent, since some of their streams are asked about. */
  | 'tangled'
  /** In order, as they came. */
  | 'window'
  /** Of streams whose request has failed for a fault of the cloud: who is to blame? */
  | 'accused'
  /** A part of a batch that was refused. */
  | 'segment'
  /** A record that was refused alone. */
  | 'suspect'
  /** Of a stream on its own way. */
  | 'aside'

/** Records on their way, and where they came from. */
export interface Attempt extends Segment {
  readonly origin: Origin
  rest?: readonly OutboxRecord[]
  /** Whose other records wait for it. */
  orderKeys: ReadonlySet<OrderKey>
  /** The stream whose way they go; a request that takes too long may become one. */
  aside: AsideStream | undefined
  readonly firstSequence: number
  /** How many fresh logins had been asked for when it set out. */
  readonly logins: number
  readonly startedMs: number
  readonly abort: AbortController
  /** The cloud has taken it; only the disk does not know yet. */
  taken: boolean
  /** It was given up, since others waited. */
  isTooSlow: boolean
  /** A question whose answer takes longer than usual. */
  isOverdue: boolean
  /** Its only stream is too slow, but the cloud is reachable. */
  isToBlame: boolean
  /** Others than its only stream are not read yet. */
  hidesOthers: boolean
  /** Of all that it holds, once somebody has asked. */
  streams?: ReadonlySet<string>
}
