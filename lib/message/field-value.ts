import { say } from '../core'
import { isMetric, metricValueOf } from './metric-value'
import { isDataValue, isVariant, opcUaValueOf } from './opcua-value'
import type { Fault, FieldValue } from './value-report'
import { bytesFault, isLong, longOf } from './wide-value'

type Members = Readonly<Record<string, unknown>>

/** Whether an object is one value of a known shape, and no set of values. */
export function isFieldValue(value: unknown): value is Members {
  return isMembers(value) && (isLong(value) || isDataValue(value) || isVariant(value) || isMetric(value))
}

/**
 * The value in one of the shapes in which readers deliver it: a DataValue or Variant of OPC UA, a metric of Sparkplug B, a
 * Long of 64 bits, bytes. Lists are looked through once. Any other value as it is.
 */
export function fieldValueOf(value: unknown): FieldValue {
  if (typeof value !== 'object' || value === null) return { value }
  const fault = bytesFault(value)
  if (fault) return { value, fault }
  if (Array.isArray(value)) return listValueOf(value)
  if (!isMembers(value)) return { value }
  if (isLong(value)) return { value: longOf(value) }
  if (isDataValue(value) || isVariant(value)) return opcUaValueOf(value)
  return isMetric(value) ? metricValueOf(value) : { value }
}

function listValueOf(list: readonly unknown[]): FieldValue {
  if (!list.some((item) => typeof item === 'object' || typeof item === 'bigint')) return { value: list }
  const items: unknown[] = []
  for (const item of list) {
    const { value, fault } = Array.isArray(item) ? { value: item as unknown } : fieldValueOf(item)
    if (fault) return { value: list, fault }
    items.push(typeof value === 'bigint' && isExact(value) ? Number(value) : value)
  }
  return { value: items }
}

/** Whether a number holds it without changing it. */
export function isExact(integer: bigint): boolean {
  return integer >= BigInt(Number.MIN_SAFE_INTEGER) && integer <= BigInt(Number.MAX_SAFE_INTEGER)
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** The error for a whole number that is too wide for a point that takes numbers. */
export function tooWide(integer: bigint): Fault {
  return {
    code: 'INPUT_INVALID',
    text: say`the whole number ${String(integer).slice(0, 40)} is too large to be held exactly as a number. Send it where text is taken, or divide it.`,
  }
}
