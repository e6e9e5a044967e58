import type { Node, NodeAPI, NodeDef } from 'node-red'
import { arrivalMs as arrivalOf, ConnectorError, say, type TextValue, type Translate } from '../core'
import type { ValueReport } from '../message'
import { skipsCertificates } from './chosen'
import { asConnectorError } from './connector-error'
import { rawSettings, withVariables } from './environment'
import { Expressions } from './expressions'
import { translation } from './languages'
import { clockOf } from './pc-clock'
import { unreadableMessage } from './plain-message'
import { registerNode } from './registration'
import { Repetition } from './repetition'
import { type Evaluated, type Message, type Opening, type Settings, settingsEvaluator } from './settings'
import { type NodeState, StatusBadge } from './status'
import type { StoredSettings } from './stored-settings'
import { TurnBudget } from './turn-budget'
import { UnderWay } from './under-way'
import { leftOutError } from './value-report'
import { variablesOf } from './variables'

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

/** Aborted requests end at once; this bounds the wait for anything that does not listen. */
const closeWithinMs = 1_500
/** Distinct warnings about values that are logged; the receipts tell all. */
const mostWarned = 100

export interface FlowNodeDefinition<S extends Settings> {
  settings: S
  run: (settings: Evaluated<S>, context: RunContext) => Promise<RunResult>
  /** Adds admin endpoints of this type. */
  serve?: (RED: NodeAPI) => void
}

/**
 * A node file's export: registers a node that evaluates its settings for each message, runs, and ends the message in
 * exactly one way: sent on with `done()`, or `done(error)` with the message untouched.
 */
export function flowNode<S extends Settings>(
  type: string,
  { settings, run, serve }: FlowNodeDefinition<S>,
): (RED: NodeAPI) => void {
  return (RED) => {
    function construct(this: Node, stored: NodeDef): void {
      RED.nodes.createNode(this, stored)
      const clock = clockOf(RED)
      const closing = new AbortController()
      const underWay = new UnderWay()
      const turns = new TurnBudget()
      const expressions = new Expressions(RED, this)
      const settingsOfFlow = stored as unknown as StoredSettings
      const { values: settingsOfNode, unset } = withVariables(
        settingsOfFlow,
        say`This node`,
        variablesOf(RED, this),
        rawSettings(RED, this, settingsOfFlow),
      )
      const badge = new StatusBadge(RED, this, () => skipsCertificates({ RED, stored: settingsOfNode }))
      let lastSummary: TextValue | undefined

      const repeating = new Repetition(
        (failure) => {
          if (!closing.signal.aborted) failed('failed')(failure)
        },
        () => badge.show({ kind: 'done', summary: lastSummary }),
      )

      const evaluate = settingsEvaluator(settings, { RED, node: this, stored: settingsOfNode, expressions, unset })
      const { signal } = closing
      const translate: Translate = (template) => translation(RED)(template)
      const progress: RunContext['progress'] = (text) => badge.show({ kind: 'busy', progress: text })
      const repeat: RunContext['repeat'] = (key, everyMs, task) => repeating.start(key, everyMs, task)
      const endRepeat: RunContext['endRepeat'] = (key) => repeating.end(key)

      const process = async (msg: Message, send: (msg: Message) => void, done: (error?: Error) => void) => {
        const arrivalMs = arrivalOf(clock)
        const turn = turns.enter()
        if (turn) await turn
        try {
          badge.show({ kind: 'busy' })
          const evaluated = evaluate(msg)
          const values = evaluated instanceof Promise ? await evaluated : evaluated
          const result = await run(values, { msg, arrivalMs, signal, translate, progress, repeat, endRepeat })
          if (result.report && result.report.count > 0) tell(leftOutError(result.report, translation(RED)), msg)
          if (result.partial) tell(asConnectorError(result.partial, translation(RED)), msg)
          if (result.report && result.report.warningCount > 0) warnOnce(result.report)
          badge.show(stateAfter(result))
          if (result.set) {
            lastSummary = result.summary
            send(changed(msg, result.set))
          }
          done()
        } catch (failure) {
          const expected = failure instanceof ConnectorError ? failure : unreadableMessage(msg)
          const error = asConnectorError(expected ?? failure, translation(RED))
          badge.show({ kind: 'failed', error })
          try {
            done(error)
          } catch {
            // Node-RED cannot copy this message for a Catch node: the error is reported without it.
            this.error(error, {})
          }
        }
      }
      const ended = () => underWay.ended()

      const tell = (error: ConnectorError, msg: Message) => {
        try {
          this.error(error, msg)
        } catch {
          this.error(error, {})
        }
      }

      const warned = new Set<string>()
      const warnOnce = ({ warnings }: ValueReport) => {
        for (const { point, reason } of warnings) {
          const text = point === undefined ? reason : `"${point}": ${reason}`
          if (warned.has(text) || warned.size >= mostWarned) continue
          warned.add(text)
          this.warn(text)
        }
      }

      const failed = (kind: 'failed' | 'unopened') => (failure: unknown) => {
        const error = asConnectorError(failure, translation(RED))
        badge.show({ kind, error })
        this.error(error, {})
      }
      const ending = openSettings(settings, {
        RED,
        node: this,
        stored: settingsOfNode,
        badge,
        failed: failed('unopened'),
      })

      this.on('input', (msg, send, done) => {
        underWay.began()
        // What cannot even be told must not end Node-RED.
        process(msg as Message, send, done).then(ended, ended)
      })
      this.on('close', (done: () => void) => {
        closing.abort()
        repeating.close()
        for (const end of ending) end()
        const patience = new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())
        Promise.race([underWay.over(), patience]).then(() => {
          badge.clear()
          done()
        })
      })
    }
    registerNode(RED, type, construct)
    serve?.(RED)
  }
}

function stateAfter({ set, summary, report, partial, sent }: RunResult): NodeState {
  if (partial) return { kind: 'half-done', error: partial }
  const { count: leftOut = 0, warningCount: doubtful = 0 } = report ?? {}
  if (leftOut + doubtful > 0) return { kind: 'partly', sent, leftOut, doubtful }
  return set ? { kind: 'done', summary } : { kind: 'taken' }
}

/** The message with these properties; a copy of it where it cannot be changed. */
function changed(msg: Message, properties: Readonly<Record<string, unknown>>): Message {
  try {
    return Object.assign(msg, properties)
  } catch {
    return { ...msg, ...properties }
  }
}

function openSettings(settings: Settings, opening: Opening): (() => void)[] {
  return Object.values(settings).flatMap((setting) => {
    try {
      return setting.open?.(opening) ?? []
    } catch (failure) {
      opening.failed(failure)
      return []
    }
  })
}
