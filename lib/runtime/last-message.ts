import type { Node, NodeAPI } from 'node-red'
import type { Scheduler } from '../outbox'
import { runtimeState } from './runtime-state'
import type { Message } from './settings'

/** A message with more than this is not kept: a node would hold on to a whole file. */
const mostBytes = 1024 * 1024
const mostValues = 50_000
/** A message is weighed only after this time, so that of many none but the last is. */
const weighAfterMs = 1_000
/** Node-RED's own, of an http in node: it holds a socket. */
const notKept: ReadonlySet<string> = new Set(['req', 'res'])

export interface Remembered {
  readonly msg: Message
  /** Unix milliseconds. */
  readonly arrivalMs: number
}

/**
 * The last message that came to a node, for a preview. For each message its properties are copied, not what they hold: nodes
 * behind this one, and this one itself, put others in their place. What it holds is weighed once in a second at most, and let go
 * where it is too much to hold on to.
 */
export class LastMessage {
  #msg: Message | undefined
  #arrivalMs = 0
  #isTooLarge = false
  readonly #scheduler: Scheduler
  /** Ends the waiting for it. */
  #weighing: (() => void) | undefined

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  remember(msg: Message, arrivalMs: number): void {
    this.#msg = copied(msg)
    this.#arrivalMs = arrivalMs
    this.#weighing ??= this.#scheduler.setTimeout(() => this.#weigh(), weighAfterMs)
  }

  /** `undefined` where none has come, or it was too large. */
  get remembered(): Remembered | undefined {
    return this.#msg && { msg: this.#msg, arrivalMs: this.#arrivalMs }
  }

  /** Whether the last one was too large to be kept. */
  get isTooLarge(): boolean {
    return this.#msg === undefined && this.#isTooLarge
  }

  forget(): void {
    this.#weighing?.()
    this.#msg = undefined
  }

  #weigh(): void {
    this.#weighing = undefined
    try {
      const kept = Object.entries(this.#msg ?? {}).filter(([name]) => !notKept.has(name))
      const msg = Object.fromEntries(kept) as Message
      this.#isTooLarge = !isLight(msg)
      this.#msg = this.#isTooLarge ? undefined : msg
    } catch {
      // It fails when it is read, and nobody else would catch that.
      this.#msg = undefined
      this.#isTooLarge = true
    }
  }
}

/** `undefined` for a message that fails when it is read. */
function copied(msg: Message): Message | undefined {
  try {
    return { ...msg }
  } catch {
    return undefined
  }
}

/** Looks at no more than it takes to say no. */
function isLight(msg: object): boolean {
  const waiting: unknown[] = [msg]
  const seen = new Set<object>()
  let bytes = 0
  for (let values = 0; waiting.length > 0; values++) {
    const value = waiting.pop()
    bytes += typeof value === 'string' ? 2 * value.length : 8
    if (ArrayBuffer.isView(value)) bytes += value.byteLength
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value)
      const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
      if (waiting.length + members.length > mostValues) return false
      for (const member of members) waiting.push(member)
    }
    if (bytes > mostBytes || values > mostValues) return false
  }
  return true
}

/** Of the nodes of this Node-RED that remember one, by the id that a node has in the flow file: of a subflow's, the latest. */
export function lastMessages(RED: NodeAPI): Map<string, LastMessage> {
  return runtimeState(RED, 'last messages', () => new Map<string, LastMessage>())
}

/** The id of a node in the flow file, inside of a subflow too. */
export const idInFlow = ({ id, _alias }: Node & { _alias?: string }): string => _alias ?? id
