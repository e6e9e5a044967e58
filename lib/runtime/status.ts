import type { Node, NodeAPI, NodeStatus } from 'node-red'
import { type ConnectorError, say, Text, type TextValue, type Translate } from '../core'
import { countdown, isWell, laneBadge, shortCount } from './lane-badge'
import { label, speeches, translation } from './languages'
import { simulatorText } from './simulator-text'
import type { WayFigures } from './way-figures'

/** What a node is doing, as data; one table below turns it into a badge. */
export type NodeState =
  | { kind: 'idle' }
  | { kind: 'busy'; progress?: TextValue | undefined }
  | { kind: 'done'; summary?: TextValue | undefined }
  /** The message went, but for what can't be sent, or with values that should not be trusted. */
  | { kind: 'partly'; sent?: number | undefined; leftOut: number; doubtful: number }
  /** The message went, and the cloud has done a part of it, or, with a code other than `PARTIAL_FAILURE`, nothing. */
  | { kind: 'half-done'; error: ConnectorError }
  | { kind: 'failed'; error: ConnectorError; loginAtMs?: number | undefined }
  /** The simulator is there at `url`; how many values each cloud has accepted since the node started. */
  | { kind: 'simulating'; url: string; accepted: Readonly<Record<string, number>> }
  /** The message is in the outbox; what becomes of it the lane tells. */
  | { kind: 'taken' }
  /** The node's lane of an outbox. */
  | { kind: 'lane'; figures: WayFigures }
  /** The lane cannot tell anything: its outbox could not be opened. */
  | { kind: 'unopened'; error: ConnectorError }

const publishEveryMs = 250

/**
 * Shows a node's state on the canvas, at most four times a second; work that is over sooner never shows as busy. A failure
 * stays until a message is accepted; a lane stays before what messages do on their way into it.
 */
export class StatusBadge {
  readonly #RED: NodeAPI
  readonly #node: Node
  readonly #isUnchecked: () => boolean
  #shown = ''
  #failure: NodeState | undefined
  #lane: NodeState | undefined
  #latest: NodeState | undefined
  /** What the last accepted message left out. */
  #partly: NodeState | undefined
  #timer: NodeJS.Timeout | undefined
  #second: NodeJS.Timeout | undefined

  /** @param isUnchecked whether it is sent to hosts whose certificates nobody checks, which every good badge says */
  constructor(RED: NodeAPI, node: Node, isUnchecked: () => boolean = () => false) {
    this.#RED = RED
    this.#node = node
    this.#isUnchecked = isUnchecked
  }

  show(state: NodeState): void {
    const isPartly = state.kind === 'partly' || state.kind === 'half-done'
    const isAccepted = isPartly || state.kind === 'done' || state.kind === 'taken'
    if (isAccepted) this.#partly = isPartly ? state : undefined
    if (state.kind === 'failed') this.#failure = withLoginTime(state)
    else if (isAccepted) this.#failure = undefined
    if (state.kind === 'lane' || state.kind === 'unopened') this.#lane = state
    else if (state.kind !== 'failed' && state.kind !== 'taken') this.#latest = state
    if (this.#timer) return
    if (state.kind !== 'busy') this.#publish()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#publish()
    }, publishEveryMs)
    this.#timer.unref()
  }

  clear(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#second)
    this.#timer = undefined
    this.#failure = undefined
    this.#lane = undefined
    this.#latest = undefined
    this.#partly = undefined
    this.#shown = ''
    this.#node.status({})
  }

  /** Shows the seconds until the next login go by. */
  #countDown(state: NodeState): void {
    clearTimeout(this.#second)
    const waitMs = state.kind === 'failed' ? (state.loginAtMs ?? 0) - performance.now() : 0
    if (waitMs > 0) this.#second = setTimeout(() => this.#publish(), waitMs % 1_000 || 1_000).unref()
  }

  #publish(): void {
    const isLaneWell = this.#lane?.kind === 'lane' && isWell(this.#lane.figures)
    const state = this.#failure ?? (isLaneWell ? this.#partly : undefined) ?? this.#lane ?? this.#latest
    if (!state) return
    this.#countDown(state)
    const plain = badgeOf(state, (key) => label(this.#RED, key), translation(this.#RED))
    const badge = plain.fill !== 'red' && plain.text && this.#isUnchecked() ? marked(plain) : plain
    const text = JSON.stringify(badge)
    if (text === this.#shown) return
    this.#shown = text
    this.#node.status(badge)
    this.#tellEditors(state, badge)
  }

  /** A status is in the runtime's language, which flows see; the editor's page puts its own language onto the canvas. */
  #tellEditors(state: NodeState, { text }: Exclude<NodeStatus, string>): void {
    const inLanguages = speeches(this.#RED).map(({ language, label: labelIn, translate }) => {
      const badge = badgeOf(state, labelIn, translate)
      return [language, typeof badge === 'string' ? badge : badge.text] as const
    })
    this.#RED.comms.publish(`edgecourier/status/${this.#node.id}`, { text, ...Object.fromEntries(inLanguages) }, true)
  }
}

/** In any language. */
function marked(badge: NodeStatus): NodeStatus {
  return { ...badge, text: `${badge.text} ⚠ TLS` }
}

type Failure = Extract<NodeState, { kind: 'failed' }>

/** When the next login is possible, where that is what it waits for: on the monotonic clock. */
function withLoginTime(state: Failure): Failure {
  const { code, retryAfterMs } = state.error
  return code === 'AUTH_LOGIN_LIMIT' && retryAfterMs ? { ...state, loginAtMs: performance.now() + retryAfterMs } : state
}

const failed = { fill: 'red', shape: 'ring' } as const
const partlyDone = { fill: 'yellow', shape: 'dot' } as const

/** State → colour, shape and text. */
export function badgeOf(state: NodeState, translated: (key: string) => string, translate: Translate): NodeStatus {
  switch (state.kind) {
    case 'idle':
    case 'taken':
      return {}
    case 'busy':
      return { fill: 'blue', shape: 'dot', text: told(state.progress, translate) ?? translated('status.busy') }
    case 'done':
      return { fill: 'green', shape: 'dot', text: told(state.summary, translate) ?? translated('status.done') }
    case 'partly':
      return { fill: 'yellow', shape: 'dot', text: partlyText(state, translate) }
    case 'half-done':
      return {
        ...(state.error.code === 'PARTIAL_FAILURE' ? partlyDone : failed),
        text: translated(`status.${state.error.code}`),
      }
    case 'failed':
      return { fill: 'red', shape: 'ring', text: failureText(state, translated) }
    case 'unopened':
      return { fill: 'red', shape: 'ring', text: translated(`status.${state.error.code}`) }
    case 'lane':
      return laneBadge(state.figures, translated)
    case 'simulating':
      return { fill: 'yellow', shape: 'ring', text: simulatorText(state.url, state.accepted).in(translate) }
  }
}

function failureText({ error, loginAtMs }: Failure, translated: (key: string) => string): string {
  const waitMs = (loginAtMs ?? 0) - performance.now()
  return waitMs > 0 ? countdown(waitMs, translated) : translated(`status.${error.code}`)
}

type Partly = Extract<NodeState, { kind: 'partly' }>

function partlyText({ sent, leftOut, doubtful }: Partly, translate: Translate): string {
  const text =
    leftOut > 0
      ? say`${shortCount(leftOut)} left out`.in(translate)
      : say`${shortCount(doubtful)} doubtful`.in(translate)
  return sent === undefined ? text : `${shortCount(sent)} · ${text}`
}

function told(words: TextValue | undefined, translate: Translate): string | undefined {
  return words instanceof Text ? words.in(translate) : words?.toString()
}

/** What a badge says about so many: `1 point`, `2 points`. */
export const counted = {
  measurepoint: (count: number) => (count === 1 ? say`1 point` : say`${count} points`),
  attribute: (count: number) => (count === 1 ? say`1 attribute` : say`${count} attributes`),
  event: (count: number) => (count === 1 ? say`1 parameter` : say`${count} parameters`),
  value: (count: number) => (count === 1 ? say`1 value` : say`${count} values`),
}
