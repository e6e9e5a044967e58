import type { Node, NodeAPI, NodeDef } from 'node-red'
import { arrivalMs as arrivalOf, ConnectorError, say, type TextValue, type Translate } from '../core'
import type { ValueReport } from '../message'
import { skipsCertificates } from './chosen'
import { asConnectorError } from './connector-error'
import { rawSettings, withVariables } from './environment'
import { Expressions } from './expressions'
import { dataIn, translation } from './languages'
import { idInFlow, LastMessage, lastMessages } from './last-message'
import { clockOf } from './pc-clock'
import { unreadableMessage } from './plain-message'
import { type PreviewCommand, previewCommand, previewOf, rememberedBy } from './preview'
import { servePreview } from './preview-endpoint'
import { registerNode } from './registration'
import { Repetition } from './repetition'
import type { Doing, RunContext, RunResult } from './run'
import { type Message, type Opening, type Settings, settingsEvaluator } from './settings'
import { type NodeState, StatusBadge } from './status'
import type { StoredSettings } from './stored-settings'
import { TurnBudget } from './turn-budget'
import { UnderWay } from './under-way'
import { leftOutError } from './value-report'
import { variablesOf } from './variables'

/** Aborted requests end at once; this bounds the wait for anything that does not listen. */
const closeWithinMs = 1_500
/** Distinct warnings about values that are logged; the receipts tell all. */
const mostWarned = 100

export interface FlowNodeDefinition<S extends Settings> extends Doing<S> {
  /**
   * Whether it shows what it would send: to a message that asks for it by `msg.preview`, and to its dialog. All that it sends
   * goes through settings that send nothing while they are previewing.
   */
  hasPreview?: boolean
  /** Adds admin endpoints of this type. */
  serve?: (RED: NodeAPI) => void
}

/**
 * A node file's export: registers a node that evaluates its settings for each message, runs, and ends the message in
 * exactly one way: sent on with `done()`, or `done(error)` with the message untouched.
 */
export function flowNode<S extends Settings>(
  type: string,
  { settings, run, hasPreview = false, serve }: FlowNodeDefinition<S>,
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

      const looking = { RED, node: this, stored: settingsOfNode, expressions, unset }
      const evaluate = settingsEvaluator(settings, looking)
      const last = hasPreview ? new LastMessage(clock) : undefined
      if (last) lastMessages(RED).set(idInFlow(this), last)
      const { signal } = closing
      const translate: Translate = (template) => translation(RED)(template)
      const progress: RunContext['progress'] = (text) => badge.show({ kind: 'busy', progress: text })
      const repeat: RunContext['repeat'] = (key, everyMs, task) => repeating.start(key, everyMs, task)
      const endRepeat: RunContext['endRepeat'] = (key) => repeating.end(key)

      const process = async (msg: Message, send: (msg: Message) => void, done: (error?: Error) => void) => {
        const arrivalMs = arrivalOf(clock)
        const turn = turns.enter()
        if (turn) await turn
        last?.remember(msg, arrivalMs)
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
      const preview = async (
        asked: PreviewCommand,
        msg: Message,
        send: (msg: Message) => void,
        done: (error?: Error) => void,
      ) => {
        try {
          const remembered = asked === 'this' ? { msg, arrivalMs: arrivalOf(clock) } : rememberedBy(last)
          const shown = await previewOf({ settings, run }, looking, remembered, translation(RED))
          send(changed(msg, { payload: dataIn(translation(RED), shown) }))
          done()
        } catch (failure) {
          done(asConnectorError(failure, translation(RED)))
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
        const asked = hasPreview ? previewCommand(msg as Message) : undefined
        const going = asked ? preview(asked, msg as Message, send, done) : process(msg as Message, send, done)
        // What cannot even be told must not end Node-RED.
        going.then(ended, ended)
      })
      this.on('close', (done: () => void) => {
        closing.abort()
        repeating.close()
        for (const end of ending) end()
        last?.forget()
        if (lastMessages(RED).get(idInFlow(this)) === last) lastMessages(RED).delete(idInFlow(this))
        const patience = new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())
        Promise.race([underWay.over(), patience]).then(() => {
          badge.clear()
          done()
        })
      })
    }
    registerNode(RED, type, construct)
    if (hasPreview) servePreview(RED, type, { settings, run })
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
