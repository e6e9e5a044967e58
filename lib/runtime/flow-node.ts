import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ConnectorError } from '../http'
import { Repetition } from './repetition'
import { type Evaluated, evaluateSettings, type Message, type Settings, type StoredSettings } from './settings'
import { StatusBadge } from './status'

/** What a run may use besides its settings. */
export interface RunContext {
  msg: Message
  /** When the message came in, Unix milliseconds: the time of values that name none. */
  arrivalMs: number
  /** Fires when the node is closed: pass it to every request. */
  signal: AbortSignal
  /** Shows a text on the node while it runs, at most 20 characters. */
  progress: (text: string) => void
  /**
   * Does something again and again after the message is over, until the node is closed or the same key is given again.
   * A failure goes to Catch nodes; the next time is tried all the same.
   */
  repeat: (key: string, everyMs: number, task: () => Promise<unknown>) => void
  /** Ends what `repeat` does for this key. */
  endRepeat: (key: string) => void
}

/** The message's new properties, and the text that the green badge shows. */
export interface RunResult {
  /** Properties set on the message before it is sent on. */
  set: Readonly<Record<string, unknown>>
  /** At most 20 characters. */
  summary?: string | undefined
}

/** Aborted requests end at once; this bounds the wait for anything that does not listen. */
const closeWithinMs = 1_500

export interface FlowNodeDefinition<S extends Settings> {
  settings: S
  run: (settings: Evaluated<S>, context: RunContext) => Promise<RunResult>
}

/**
 * A node file's export: registers a node that evaluates its settings for each message, runs, and ends the message in
 * exactly one way: sent on with `done()`, or `done(error)` with the message untouched.
 */
export function flowNode<S extends Settings>(
  type: string,
  { settings, run }: FlowNodeDefinition<S>,
): (RED: NodeAPI) => void {
  return (RED) => {
    function construct(this: Node, stored: NodeDef): void {
      RED.nodes.createNode(this, stored)
      const badge = new StatusBadge(RED, this)
      const closing = new AbortController()
      const underWay = new Set<Promise<void>>()
      let lastSummary: string | undefined

      const repeating = new Repetition(
        (failure) => {
          const error = asConnectorError(failure)
          if (closing.signal.aborted) return
          badge.show({ kind: 'failed', error })
          this.error(error, {})
        },
        () => badge.show({ kind: 'done', summary: lastSummary }),
      )

      const process = async (msg: Message, send: (msg: Message) => void, done: (error?: Error) => void) => {
        const arrivalMs = Date.now()
        try {
          badge.show({ kind: 'busy' })
          const values = await evaluateSettings(settings, RED, this, stored as unknown as StoredSettings, msg)
          const result = await run(values, {
            msg,
            arrivalMs,
            signal: closing.signal,
            progress: (text) => badge.show({ kind: 'busy', progress: text }),
            repeat: (key, everyMs, task) => repeating.start(key, everyMs, task),
            endRepeat: (key) => repeating.end(key),
          })
          Object.assign(msg, result.set)
          lastSummary = result.summary
          badge.show({ kind: 'done', summary: lastSummary })
          send(msg)
          done()
        } catch (failure) {
          const error = asConnectorError(failure)
          badge.show({ kind: 'failed', error })
          done(error)
        }
      }

      this.on('input', (msg, send, done) => {
        const work = process(msg as Message, send, done).finally(() => underWay.delete(work))
        underWay.add(work)
      })
      this.on('close', (done: () => void) => {
        closing.abort()
        repeating.close()
        const settled = Promise.allSettled(underWay)
        const patience = new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())
        Promise.race([settled, patience]).then(() => {
          badge.clear()
          done()
        })
      })
    }
    RED.nodes.registerType(type, construct)
  }
}

/** Whatever was thrown as the one kind of error that a user meets; a fault of our own keeps its text and stack. */
export function asConnectorError(failure: unknown): ConnectorError {
  if (failure instanceof ConnectorError) {
    // A stack in the log tells an integrator nothing, and buries the text that does.
    failure.stack = failure.message
    return failure
  }
  const error = new ConnectorError(
    'INTERNAL',
    `Unexpected fault in the node: ${failure instanceof Error ? failure.message : String(failure)}. Please report it.`,
  )
  if (failure instanceof Error && failure.stack) error.stack = failure.stack
  return error
}
