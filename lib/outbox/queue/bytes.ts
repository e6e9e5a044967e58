import { headerLength } from '../log/entry'
import { type OutboxRecord, recordBytes } from '../record/record'

/** What a record takes in the log. */
export function storedBytes(record: Pick<OutboxRecord, 'stream' | 'parts'> & { payload: Buffer | string }): number {
  return headerLength + recordBytes(record)
}

/** Of all of them. */
export function bytesOfAll(records: readonly OutboxRecord[]): number {
  let bytes = 0
  for (const record of records) bytes += storedBytes(record)
  return bytes
}
