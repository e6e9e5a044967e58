import { isJsonObject } from '../core'

/** The first character of a file's first header, where it has one. */
export const byteOrderMark = 0xfeff

const isMarked = (name: string): boolean => name.charCodeAt(0) === byteOrderMark
const bare = (name: string): string => (isMarked(name) ? name.slice(1) : name)

/** A row with such names; the row itself where none has a mark, as nearly always. */
export function withoutMarks<Row extends Readonly<Record<string, unknown>>>(row: Row): Row {
  for (const name in row) {
    if (isMarked(name)) {
      return Object.fromEntries(Object.entries(row).map(([key, value]) => [bare(key), value])) as Row
    }
  }
  return row
}

/** A message's payload, or each row of it, with such names. Rows of one file are alike: the first one stands for all. */
export function payloadWithoutMarks(payload: unknown): unknown {
  if (isRow(payload)) return withoutMarks(payload)
  const first: unknown = Array.isArray(payload) ? payload[0] : undefined
  if (!isRow(first) || withoutMarks(first) === first) return payload
  return (payload as unknown[]).map((row) => (isRow(row) ? withoutMarks(row) : row))
}

function isRow(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && !ArrayBuffer.isView(value)
}
