import { ConnectorError, type ErrorCode, say, type Text, type TextValue, type Translate } from '../core'

/** What becomes of a message with a value that can't be sent: the rest of it goes, or nothing does. */
export type Unsendable = 'leave-out' | 'refuse'

/** A value that can't be sent, or a whole row of them. */
export interface Rejected {
  /** Its place in the array, counted from 0 as in `msg.payload[3]`; none where there is no array. */
  readonly row?: number
  /** The point, attribute, parameter or sensor; none where the whole row is rejected. */
  readonly point?: string
  /** A whole sentence in the reader's language. */
  readonly reason: string
}

/** Where in a message something is. */
export type Place = Pick<Rejected, 'row' | 'point'>

/** Why a value can't be sent. */
export interface Fault {
  readonly code: ErrorCode
  readonly text: Text
}

/** A message may hold a hundred thousand bad values; whoever reads the list has understood by then. */
const mostListed = 100
const mostTold = 3

/** What of one message can't be sent. */
export class ValueReport {
  readonly #unsendable: Unsendable
  readonly #translate: Translate
  readonly #listed: Rejected[] = []
  readonly #told: Text[] = []
  readonly #warnings: Rejected[] = []
  readonly #warnedEntries: (object | undefined)[] = []
  #count = 0
  #warningCount = 0
  #first: ConnectorError | undefined

  constructor(unsendable: Unsendable, translate: Translate = () => undefined) {
    this.#unsendable = unsendable
    this.#translate = translate
  }

  get leavesOut(): boolean {
    return this.#unsendable === 'leave-out'
  }

  /** How many were rejected; a row counts as one. */
  get count(): number {
    return this.#count
  }

  /** The first hundred. */
  get listed(): readonly Rejected[] {
    return this.#listed
  }

  /** How many values were sent though they should not be trusted. */
  get warningCount(): number {
    return this.#warningCount
  }

  /** The first hundred of them. */
  get warnings(): readonly Rejected[] {
    return this.#warnings
  }

  /** What each of `warnings` is about, as it is sent, where who warned has it. */
  get warnedEntries(): readonly (object | undefined)[] {
    return this.#warnedEntries
  }

  /**
   * A value is sent, but something is wrong with it.
   * @param entry what is sent of it
   */
  warn(place: Place, text: Text, entry?: object): void {
    this.#warningCount += 1
    if (this.#warnings.length >= mostListed) return
    this.#warnings.push({ ...place, reason: this.#sentence(text) })
    this.#warnedEntries.push(entry)
  }

  /** The first three as sentences that say where each is. */
  get told(): readonly Text[] {
    return this.#told
  }

  /** The first, as the error of a message of which nothing is left. */
  get first(): ConnectorError | undefined {
    return this.#first
  }

  /**
   * Leaves a value out, or refuses the message.
   * @param where the same as the place, in words
   * @throws ConnectorError the fault
   */
  reject(place: Place, { code, text }: Fault, where: TextValue): void {
    const told = say`${where}: ${text}`
    if (!this.leavesOut) throw new ConnectorError(code, told)
    this.#first ??= new ConnectorError(code, told)
    this.#note(place, text, told)
  }

  /**
   * As `reject`, for what was thrown.
   * @param where as far as the error does not say it
   * @throws what was thrown, where the message is to be refused or something else is wrong than the message
   */
  rejectFor(place: Place, thrown: unknown, where?: TextValue): void {
    const isOfMessage = thrown instanceof ConnectorError && thrown.code.startsWith('INPUT_')
    if (!this.leavesOut || !isOfMessage) throw thrown
    this.#first ??= thrown
    this.#note(place, thrown.text, where === undefined ? thrown.text : say`${where}: ${thrown.text}`)
  }

  /** An error of the rest of the message, that says too what was left out. */
  toldWith(failure: unknown): unknown {
    const { first, count, listed } = this
    if (!first || !(failure instanceof ConnectorError) || failure === first) return failure
    const text =
      count === 1
        ? say`${failure.text} One value can't be sent at all. ${first.text}`
        : say`${failure.text} ${count} values can't be sent at all. The first: ${first.text}`
    return new ConnectorError(failure.code, text, { ...failure, rejected: listed, rejectedCount: count })
  }

  #note(place: Place, reason: Text, told: Text): void {
    this.#count += 1
    if (this.#told.length < mostTold) this.#told.push(told)
    if (this.#listed.length < mostListed) this.#listed.push({ ...place, reason: this.#sentence(reason) })
  }

  #sentence(text: Text): string {
    const sentence = text.in(this.#translate)
    return sentence.charAt(0).toUpperCase() + sentence.slice(1)
  }
}

/** A value as a reader of the field delivers it, and what it says of it. */
export interface FieldValue {
  /** Numbers that are wider than JavaScript's are a BigInt. */
  readonly value: unknown
  /** When it was measured; none where the source does not say. */
  readonly time?: unknown
  /** Why it can't be sent. */
  readonly fault?: Fault
  /** Why it should not be trusted, though it can be sent. */
  readonly warning?: Text
}
