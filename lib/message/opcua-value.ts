import { say, type TextValue } from '../core'
import type { FieldValue } from './value-report'
import { bytesFault, wideInteger } from './wide-value'

type Members = Readonly<Record<string, unknown>>

const dataValueKeys: ReadonlySet<string> = new Set([
  'value',
  'statusCode',
  'sourceTimestamp',
  'sourcePicoseconds',
  'serverTimestamp',
  'serverPicoseconds',
])
const variantKeys: ReadonlySet<string> = new Set(['dataType', 'arrayType', 'dimensions', 'value'])

/** `{ value: { dataType, value }, statusCode, sourceTimestamp }`, as node-opcua has it and as JSON made of that. */
export function isDataValue(value: Members): boolean {
  const { value: inner } = value
  const isMarked = 'statusCode' in value || 'sourceTimestamp' in value
  const holdsVariant = typeof inner === 'object' && inner !== null && isVariant(inner as Members)
  return (isMarked || holdsVariant) && Object.keys(value).every((key) => dataValueKeys.has(key))
}

/** `{ dataType, arrayType, value }` */
export function isVariant(value: Members): boolean {
  return 'dataType' in value && 'value' in value && Object.keys(value).every((key) => variantKeys.has(key))
}

/** Of a DataValue or a Variant. A bad value is a fault: what the digits of EnOS's quality mean is published nowhere. */
export function opcUaValueOf(value: Members): FieldValue {
  if (isVariant(value)) return variantValueOf(value)
  const { value: inner, statusCode, sourceTimestamp, serverTimestamp } = value
  const time = timeOf(sourceTimestamp) ?? timeOf(serverTimestamp)
  const timed = time === undefined ? {} : { time }
  const { severity, name } = statusOf(statusCode)
  if (severity === 'good' || severity === 'uncertain') {
    const isInner = typeof inner === 'object' && inner !== null && isVariant(inner as Members)
    const read = isInner ? variantValueOf(inner as Members) : { value: inner }
    const warning = say`its OPC UA status is ${name}: the value is uncertain. It was sent all the same.`
    return { ...read, ...timed, ...(severity === 'uncertain' ? { warning } : {}) }
  }
  const text =
    severity === 'bad'
      ? say`its OPC UA status is ${name}: there is no good value.`
      : say`its OPC UA status, ${name}, is unknown. Send the number of the status code, or its name.`
  return { value: inner, ...timed, fault: { code: 'INPUT_INVALID', text } }
}

/** The names of the built-in types where their values are other than JavaScript's, by their numbers. Source: OPC UA part 6. */
const typeNames: Readonly<Record<number, string>> = {
  8: 'Int64',
  9: 'UInt64',
  13: 'DateTime',
  15: 'ByteString',
  21: 'LocalizedText',
}

function variantValueOf({ dataType, value }: Members): FieldValue {
  const type = typeof dataType === 'number' ? typeNames[dataType] : dataType
  if (type === 'Int64' || type === 'UInt64') return wideValueOf(value, type === 'UInt64')
  if (value instanceof Date) return { value: type === 'DateTime' ? value.getTime() : value }
  if (typeof value !== 'object' || value === null) return { value }
  if (type === 'LocalizedText' && 'text' in value) return { value: value.text }
  // A list of numbers is a typed array there.
  if (ArrayBuffer.isView(value) && !Buffer.isBuffer(value) && !(value instanceof DataView)) {
    return { value: Array.from(value as unknown as ArrayLike<unknown>) }
  }
  const fault = bytesFault(value)
  return fault ? { value, fault } : { value }
}

/** `[high, low]`, a list of such pairs, or text in JSON. */
function wideValueOf(value: unknown, unsigned: boolean): FieldValue {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return { value: BigInt(value) }
  if (!isPair(value)) return { value }
  return { value: wideInteger(value[0], value[1], unsigned) }
}

/** Two halves of 64 bits. */
export function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isHalf)
}

const isHalf = (half: unknown): boolean =>
  Number.isInteger(half) && (half as number) >= -(2 ** 31) && (half as number) < 2 ** 32

/** OPC UA's own beginning of time, 1601, means that there is no time. */
function timeOf(timestamp: unknown): unknown {
  if (timestamp === null || timestamp === undefined || timestamp === '') return undefined
  const year = timestamp instanceof Date ? timestamp.getUTCFullYear() : Number(String(timestamp).slice(0, 4))
  return year === 1601 ? undefined : timestamp
}

type Severity = 'good' | 'uncertain' | 'bad' | 'unknown'

/** Severity is in the two topmost bits. Source: OPC UA part 4, 7.39. */
function statusOf(status: unknown): { severity: Severity; name: TextValue } {
  if (status === undefined || status === null) return { severity: 'good', name: 'Good' }
  const { name, value } = partsOf(status)
  const byName = /^(good|uncertain|bad)/i.exec(name ?? '')?.[1]?.toLowerCase() as Severity | undefined
  const severities: readonly Severity[] = ['good', 'uncertain', 'bad', 'bad']
  const byValue = value === undefined ? undefined : severities[value >>> 30]
  const shown = name ?? (value === undefined ? String(status) : `0x${(value >>> 0).toString(16).padStart(8, '0')}`)
  return { severity: byValue ?? byName ?? 'unknown', name: shown.slice(0, 60) }
}

function partsOf(status: unknown): { name?: string | undefined; value?: number | undefined } {
  if (typeof status === 'number') return { value: status }
  if (typeof status === 'string') return { name: status }
  if (typeof status !== 'object' || status === null) return {}
  const { value, _value, code, name, _name } = status as Members
  const number = [value, _value, code].find((candidate) => Number.isInteger(candidate))
  const text = [name, _name].find((candidate) => typeof candidate === 'string')
  return { name: text as string | undefined, value: number as number | undefined }
}
