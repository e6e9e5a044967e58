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
