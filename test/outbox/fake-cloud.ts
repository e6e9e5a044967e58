import { ConnectorError, say } from '../../lib/core'
import type { Destination, Freshness, OutboxRecord, RetryClass } from '../../lib/outbox'
import { streamsOf, takeApart } from '../../lib/outbox/record/parts'
import { bodiesOf } from './places'

export interface CloudRequest {
  readonly atMs: number
  readonly kind: Freshness
  readonly streams: readonly string[]
  readonly bodies: readonly string[]
}

type Answer = RetryClass | RetryClass['kind'] | Promise<RetryClass | RetryClass['kind']>

/** A cloud that answers as the test says. */
export class FakeCloud implements Destination {
  readonly requests: CloudRequest[] = []
  readonly received: string[] = []
  readonly receivedBy = new Map<string, string[]>()
  batching: 'lane' | 'stream' = 'lane'
  inFlight = 0
  mostInFlight = 0
  answer: (request: CloudRequest, signal: AbortSignal) => Answer = () => 'delivered'

  constructor(private readonly now: () => number) {}

  async send(records: readonly OutboxRecord[], { kind, signal }: { signal: AbortSignal; kind: Freshness }) {
    const streams = [...new Set(records.flatMap(streamsOf))]
    const request = { atMs: this.now(), kind, streams, bodies: records.flatMap(bodiesOf) }
    this.requests.push(request)
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight)
    const given = await Promise.resolve(this.answer(request, signal)).finally(() => this.inFlight--)
    const answer = typeof given === 'string' ? ({ kind: given } as RetryClass) : given
    const results = answer.kind === 'partial' ? answer.results : records.map(() => answer)
    records.forEach((record, at) => {
      if (results[at]?.kind === 'delivered') this.receive(record)
    })
    if (answer.kind !== 'delivered') throw new Refusal(answer)
  }

  classify(error: unknown): RetryClass {
    return error instanceof Refusal ? error.answer : { kind: 'bug' }
  }

  private receive(record: OutboxRecord): void {
    this.received.push(...bodiesOf(record))
    for (const { stream, payload } of takeApart(record)) {
      const received = this.receivedBy.get(stream)
      if (received) received.push(payload.toString())
      else this.receivedBy.set(stream, [payload.toString()])
    }
  }
}

class Refusal extends ConnectorError {
  constructor(readonly answer: RetryClass) {
    super('CLOUD_ERROR', say`the cloud says ${answer.kind}`, { cloudCode: '1204' })
  }
}
