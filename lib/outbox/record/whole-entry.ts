import { decodeDeadLetter } from './dead-letter'
import { areaOf, keyLength, sequenceOf } from './keys'
import { decodeChecked } from './ledger'
import { isWholeRecord } from './record'

/** Whether the entry is as it was written: every value of ours carries its own checksum. */
export function isWholeEntry(key: Buffer, value: Buffer): boolean {
  if (key.length !== keyLength) return false
  const area = areaOf(key)
  if (area === undefined) return false
  if (area === 'pending') return isWholeRecord(key, value)
  if (area === 'dead') return decodeDeadLetter(value, keyLength)?.record.sequence === sequenceOf(key)
  return decodeChecked(value) !== undefined
}
