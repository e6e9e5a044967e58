import type { Refusal, SimulatedReply, SimulatedRequest } from './cloud'
import type { Fault, FaultKind } from './faults'

/** What the faults that are on do to one request. */
export interface Strike {
  delayMs: number
  /** The reply to send instead of the cloud's; the request has no effect. */
  refusal?: SimulatedReply
  line?: 'reset' | 'reply-lost' | 'bad-json'
}

interface ActiveFault {
  fault: Fault
  seen: number
  hits: number
}

const unharmed: Strike = { delayMs: 0 }

/** The faults that are on, and how often each has struck. */
export class FaultBoard {
  #active: ActiveFault[] = []

  readonly #random: () => number

  /** `random` gives numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  set(faults: readonly Fault[]): void {
    this.#active = faults.map((fault) => ({ fault, seen: 0, hits: 0 }))
  }

  /**
   * Turns a fault on that strikes every request, or all faults of its kind off, and leaves the others as they are.
   */
  turn(kind: FaultKind, isOn: boolean): void {
    const isPlain = ({ fault }: ActiveFault) => fault.kind === kind && Object.keys(fault).length === 1
    if (!isOn) this.#active = this.#active.filter(({ fault }) => fault.kind !== kind)
    else if (!this.#active.some(isPlain)) this.#active.push({ fault: { kind }, seen: 0, hits: 0 })
  }

  list(): (Fault & { hits: number })[] {
    return this.#active.map(({ fault, hits }) => ({ ...fault, hits }))
  }

  /** `refuse` asks the request's cloud for a refusal in its dialect. */
  strike(request: SimulatedRequest, refuse: (refusal: Refusal) => SimulatedReply | undefined): Strike {
    if (this.#active.length === 0) return unharmed
    const strike: Strike = { delayMs: 0 }
    for (const active of this.#active) {
      if (!this.#isDue(active, request)) continue
      const { fault } = active
      if (fault.kind === 'slow') {
        strike.delayMs += fault.delayMs ?? 5000
      } else if (strike.line || strike.refusal) {
        continue
      } else if (fault.kind === 'reset' || fault.kind === 'reply-lost' || fault.kind === 'bad-json') {
        strike.line = fault.kind
      } else {
        const refusal = refuse(fault.kind)
        if (!refusal) continue
        strike.refusal = asAsked(refusal, fault)
      }
      active.hits += 1
    }
    return strike
  }

  #isDue(active: ActiveFault, request: SimulatedRequest): boolean {
    const { fault } = active
    if (fault.path !== undefined && !request.url.pathname.includes(fault.path)) return false
    if (fault.contains !== undefined && !names(request, fault.contains)) return false
    active.seen += 1
    if (active.seen <= (fault.after ?? 0) || active.hits >= (fault.times ?? Infinity)) return false
    return fault.probability === undefined || this.#random() < fault.probability
  }
}

function asAsked(reply: SimulatedReply, fault: Fault): SimulatedReply {
  if (fault.kind === 'server-error') return { ...reply, status: fault.status ?? 503 }
  if (fault.kind !== 'throttled') return reply
  const retryAfterSeconds = fault.retryAfterSeconds ?? 1
  return retryAfterSeconds === 0
    ? reply
    : { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterSeconds) } }
}

const names = ({ url, body }: SimulatedRequest, text: string): boolean =>
  url.pathname.includes(text) || body.includes(text)
