import { isJsonObject } from '../http'

const mark = '\ufeff'
const markCode = mark.charCodeAt(0)

/** A name without the byte-order mark that a file's first header begins with. */
const bare = (name: string): string => (name.charCodeAt(0) === markCode ? name.slice(1) : name)

/** A row with such names; the row itself where none has a mark, as nearly always. */
export function withoutMarks<Row extends Readonly<Record<string, unknown>>>(row: Row): Row {
  for (const name in row) {
    if (name.charCodeAt(0) === markCode) {
      return Object.fromEntries(Object.entries(row).map(([key, value]) => [bare(key), value])) as Row
    }
  }
  return row
}

/** A message's payload, or each row of it, with such names. Rows of one file are alike: the first tells of all. */
export function payloadWithoutMarks(payload: unknown): unknown {
  if (isRow(payload)) return withoutMarks(payload)
  const first: unknown = Array.isArray(payload) ? payload[0] : undefined
  if (!isRow(first) || withoutMarks(first) === first) return payload
  return (payload as unknown[]).map((row) => (isRow(row) ? withoutMarks(row) : row))
}

function isRow(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && !ArrayBuffer.isView(value)
}
