import { isJsonObject } from '../core'
import { byteOrderMark, isBlank, smallestTime, withoutMarks } from '../message'
import { isPlainValue, longestIdentifier } from './value'

type Members = Record<string, unknown>

/** V8 knows this one, other than `Object.hasOwn`, to be true of nearly every name that `for … in` gives. */
const hasOwn = Object.prototype.hasOwnProperty

/** What the values of an entry are, as bits of one number: objects would be garbage. */
const anyValue = 1
const unplainValue = 2
const likelyTime = 4
const markedName = 8

const none: readonly string[] = []

const namesDevice = (name: string): boolean => name === 'productKey' || name === 'deviceKey' || name === 'assetId'

/**
 * What one pass over an entry's members tells. Most of the time of a large array is spent in such passes, so there is only
 * this one, and one reader for all entries of a message.
 */
export class RowReader {
  readonly #native: string
  readonly #timeField: string | undefined
  /** Which name is an entry's event. */
  readonly #eventField: string | undefined
  #traits = 0
  /** The entry, its names without byte-order marks. */
  item: Members = {}
  /** Its values, without the time and the device where they are beside them. */
  values: Members = {}
  /** Whether the values are in a member of their own. */
  isNative = false
  /** What is beside that member, and was probably meant to be a value inside it. */
  strays: readonly string[] = none

  constructor(native: string, timeField: string | undefined) {
    this.#native = native
    this.#timeField = timeField
    this.#eventField = native === 'events' ? 'eventId' : undefined
  }

  /** Whether there is any value at all, good or bad. */
  get holdsAny(): boolean {
    return (this.#traits & anyValue) !== 0
  }

  /** Whether all may go as they are, which nearly all do. */
  get arePlain(): boolean {
    return (this.#traits & unplainValue) === 0
  }

  /** Whether one of the values may be a time by what it is; nearly all are small numbers. */
  get mayHoldTime(): boolean {
    return (this.#traits & likelyTime) !== 0
  }

  read(given: Members): void {
    const nativeValues = given[this.#native]
    if (isJsonObject(nativeValues)) this.#readNative(withoutMarks(given), nativeValues)
    else if (!this.#readPlain(given, true)) this.#readUnmarked(withoutMarks(given))
  }

  /** An entry whose marks are gone. */
  #readUnmarked(item: Members): void {
    const nativeValues = item[this.#native]
    if (isJsonObject(nativeValues)) this.#readNative(item, nativeValues)
    else this.#readPlain(item, false)
  }

  #readNative(item: Members, given: Members): void {
    let values = given
    let traits = nativeTraits(given)
    if ((traits & markedName) !== 0) {
      values = withoutMarks(given)
      traits = nativeTraits(values)
    }
    this.item = item
    this.values = values
    this.isNative = true
    this.strays = this.#besides(item)
    this.#traits = traits
  }

  #besides(item: Members): readonly string[] {
    let strays = none
    for (const name in item) {
      if (name === this.#native || name === (this.#timeField ?? 'time') || name === this.#eventField) continue
      if (namesDevice(name)) continue
      if (hasOwn.call(item, name) && !isBlank(item[name])) strays = [...strays, name]
    }
    return strays
  }

  /** @returns false where a name has a byte-order mark, and such are minded */
  #readPlain(item: Members, mindsMarks: boolean): boolean {
    const timeField = this.#timeField
    const eventField = this.#eventField
    const values: Members = {}
    let traits = 0
    for (const name in item) {
      if (mindsMarks && name.charCodeAt(0) === byteOrderMark) return false
      if (!hasOwn.call(item, name)) continue
      const value = item[name]
      if (value === undefined || name === timeField || name === eventField) continue
      if (namesDevice(name)) continue
      traits |= traitsOf(name, value)
      if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true })
      else values[name] = value
    }
    this.item = item
    this.values = values
    this.isNative = false
    this.strays = none
    this.#traits = traits
    return true
  }
}

function nativeTraits(values: Members): number {
  let traits = 0
  for (const name in values) {
    if (name.charCodeAt(0) === byteOrderMark) traits |= markedName
    if (hasOwn.call(values, name)) traits |= traitsOf(name, values[name])
  }
  return traits
}

function traitsOf(name: string, value: unknown): number {
  const isName = name !== '' && name.length <= longestIdentifier
  if (typeof value === 'number') {
    const isPlain = isName && isPlainValue(value)
    return anyValue | (isPlain ? 0 : unplainValue) | (value < smallestTime ? 0 : likelyTime)
  }
  if (typeof value === 'boolean') return isName ? anyValue : anyValue | unplainValue
  const isPlain = isName && isPlainValue(value)
  return isPlain ? anyValue | likelyTime : unplainValue | likelyTime | (isBlank(value) ? 0 : anyValue)
}
