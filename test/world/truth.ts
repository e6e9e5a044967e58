/** What became of one value, as the world knows it. Its number is what is sent. */
export interface Value {
  readonly id: number
  /** The session that it was given to. */
  readonly gateway: string
  /** The device whose value it is. */
  readonly stream: string
  /** The cloud refuses it, now and for ever. */
  readonly isBad: boolean
  /** It was measured long before it was given to the outbox. */
  readonly isBornLate: boolean
  /** `accepted`: the outbox has promised to keep it. `unknown`: the process died before it said anything. */
  offer: 'open' | 'accepted' | 'refused' | 'unknown'
  acceptedMs: number
  /** When the cloud took it first. */
  takenMs: number | undefined
  taken: number
  /** The opening of the outbox in which the cloud's answer was understood. */
  confirmedIn: number | undefined
  /** In so many requests that have not come to their end. */
  underWay: number
  /** It has been in a request, however that ended. */
  wasSent: boolean
  /** It left the disk because the cloud had taken it. */
  isSettled: boolean
  /** Has been a dead letter. */
  hasDied: boolean
  /** The cloud has refused it without a reason. */
  isMisjudged: boolean
  /** Dead letter that a person has thrown away, or evicted, or damaged. */
  isGivenUp: boolean
}

export class Violation extends Error {
  override readonly name = 'Violation'
  constructor(
    /** In a few words, the same for all of its kind. */
    readonly kind: string,
    message: string,
  ) {
    super(message)
  }
}

const marker = '"v":'

/** All values of a world, by their numbers. Collects what must not be; the first is what counts. */
export class Truth {
  readonly values: Value[] = []
  readonly violations: Violation[] = []
  /** Counts the openings of the outbox. */
  opening = 0

  constructor(private readonly nowMs: () => number) {}

  offer({ gateway, stream, isBad, isBornLate }: Pick<Value, 'gateway' | 'stream' | 'isBad' | 'isBornLate'>): Value {
    const value: Value = {
      id: this.values.length,
      gateway,
      stream,
      isBad,
      isBornLate,
      offer: 'open',
      acceptedMs: 0,
      takenMs: undefined,
      taken: 0,
      confirmedIn: undefined,
      underWay: 0,
      wasSent: false,
      isSettled: false,
      hasDied: false,
      isMisjudged: false,
      isGivenUp: false,
    }
    this.values.push(value)
    return value
  }

  /** The process is dead, with all that it waited for. */
  processDied(): void {
    for (const value of this.values) {
      if (value.offer === 'open') value.offer = 'unknown'
      value.underWay = 0
    }
  }

  of(id: number): Value | undefined {
    const value = this.values[id]
    if (!value) this.violated('a value from nowhere', `value ${id} was never given to the outbox`)
    return value
  }

  violated(kind: string, text: string): void {
    this.violations.push(new Violation(kind, `${text} (at ${(this.nowMs() / 1000).toFixed(1)} s)`))
  }

  /** The numbers of the values in a JSON text, in their order. */
  idsIn(text: string): number[] {
    const ids: number[] = []
    for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at)) {
      at += marker.length
      let id = 0
      for (let digit = text.charCodeAt(at); digit >= 48 && digit <= 57; digit = text.charCodeAt(++at))
        id = id * 10 + digit - 48
      ids.push(id)
    }
    return ids
  }

  valuesIn(text: string): Value[] {
    return this.idsIn(text).flatMap((id) => this.of(id) ?? [])
  }
}
