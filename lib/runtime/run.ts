import type { ConnectorError, TextValue, Translate } from '../core'
import type { ValueReport } from '../message'
import type { Evaluated, Message, Settings } from './settings'

/** What a node does with a message. */
export interface Doing<S extends Settings> {
  settings: S
  run: (settings: Evaluated<S>, context: RunContext) => Promise<RunResult>
}

/** What a run may use besides its settings. */
export interface RunContext {
  msg: Message
  /** When the message came in, Unix milliseconds: the time of values that name none. See `arrivalMs` of `lib/core`. */
  arrivalMs: number
  /** Fires when the node is closed: pass it to every request. */
  signal: AbortSignal
  /** Into the runtime's language, for texts that go into the message. */
  translate: Translate
  /** Shows a text on the node while it runs, at most 20 characters. */
  progress: (text: TextValue) => void
  /**
   * Does something again and again after the message is over, until the node is closed or the same key is given again.
   * A failure goes to Catch nodes; the next time is tried all the same.
   */
  repeat: (key: string, everyMs: number, task: () => Promise<unknown>) => void
  /** Ends what `repeat` does for this key. */
  endRepeat: (key: string) => void
}

/** What becomes of a message that a run has dealt with. */
export interface RunResult {
  /** Properties set on the message before it is sent on; without these it ends here, in the outbox. */
  set?: Readonly<Record<string, unknown>>
  /** What the green badge shows, at most 20 characters. */
  summary?: TextValue | undefined
  /** What of the message was left out: a Catch node and the badge tell it. */
  report?: ValueReport
  /** What the cloud has not done of it, which they tell too. */
  partial?: ConnectorError | undefined
  /** How many values were sent, which the badge then shows with what was left out. */
  sent?: number
}
