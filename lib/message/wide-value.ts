import { say } from '../core'
import type { Fault } from './value-report'

type Members = Readonly<Record<string, unknown>>

/** A whole number of 64 bits as the `long` package and JSON made of it have it. */
export function isLong(value: Members): value is { low: number; high: number; unsigned: boolean } {
  return (
    Number.isInteger(value.low) &&
    Number.isInteger(value.high) &&
    typeof value.unsigned === 'boolean' &&
    Object.keys(value).length === 3
  )
}

export const longOf = ({ low, high, unsigned }: { low: number; high: number; unsigned: boolean }): bigint =>
  wideInteger(high, low, unsigned)

/** A whole number of 64 bits in two halves. */
export function wideInteger(high: number, low: number, unsigned: boolean): bigint {
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
  return unsigned ? bits : BigInt.asIntN(64, bits)
}

/** Why bytes can't be sent, where the value is bytes: nothing says what they mean. */
export function bytesFault(value: object): Fault | undefined {
  const isBuffer = Buffer.isBuffer(value) || isBufferJson(value)
  if (!isBuffer && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) return undefined
  return {
    code: 'INPUT_INVALID',
    text: isBuffer
      ? say`a Buffer cannot be sent. Read the number out of it first, for example with a buffer-parser node.`
      : say`a ${value.constructor.name} cannot be sent as it is. Send its numbers one by one, or make an array of it with Array.from.`,
  }
}

/** What JSON makes of a Buffer: `{ type: "Buffer", data: […] }`. */
export function isBufferJson(value: object): value is { type: 'Buffer'; data: readonly number[] } {
  return 'type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data)
}
