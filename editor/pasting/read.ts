import { readLabelled } from './labelled'

/** A value that was pasted, and what it was called there. */
export interface PastedValue {
  name?: string
  value: string
}

/**
 * What a text is, which was copied from somewhere: cells of a sheet, from top to bottom; values with names, as in an .env file
 * or a mail; JSON.
 */
export type Pasted =
  | { form: 'cells'; rows: readonly (readonly string[])[]; separator: '\t' | ';' | ',' | '\n' }
  | { form: 'names'; values: readonly Required<PastedValue>[] }
  | { form: 'json'; json: unknown }

/** What is longer was not copied for a dialog. */
const mostCharacters = 300_000
const mostRows = 1_000
const mostColumns = 60
const mostNameCharacters = 60

/** Reads what was pasted; `undefined` where it is empty, or too long. */
export function readPasted(text: string): Pasted | undefined {
  if (text.length > mostCharacters) return undefined
  const content = text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n')
  const first = content.trimStart()[0]
  if (first === undefined) return undefined
  return (first === '{' || first === '[' ? readJson(content) : undefined) ?? readNames(content) ?? readCells(content)
}

function readJson(text: string): Pasted | undefined {
  try {
    return { form: 'json', json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Lines of `KEY=value`, `export KEY="value"`, `"key": "value",` or `Key: value`; comments are passed over; or those of an account. */
function readNames(text: string): Pasted | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  const told = lines.filter((line) => line !== '' && !/^(?:#|\/\/|;|[{}],?$)/.test(line))
  const labelled = readLabelled(told, namedValueOf)
  if (labelled) return { form: 'names', values: labelled }
  const values = told.slice(0, mostRows).map(namedValueOf)
  const isNamed = (value: PastedValue | undefined): value is Required<PastedValue> => value !== undefined
  return values.length > 0 && values.every(isNamed) ? { form: 'names', values } : undefined
}

function namedValueOf(line: string): Required<PastedValue> | undefined {
  const at = line.search(/[=:\t]/)
  if (at < 1 || at > mostNameCharacters + 10 || line[at] === '\t') return undefined
  const name = unquoted(line.slice(0, at).replace(/^(?:export|set) /, ''))
  const value = line.slice(at + 1).trim()
  // A URL is not a value that is called https.
  if (!/^[\p{L}_][\p{L}\p{M}\p{N}_ ()/.-]*$/u.test(name) || (line[at] === ':' && value.startsWith('//')))
    return undefined
  return { name, value: unquoted(value) }
}

/** Without the quotes around it, and the comma behind them. */
function unquoted(text: string): string {
  const trimmed = text.trim()
  const quote = trimmed[0]
  if (quote !== '"' && quote !== "'") return trimmed
  const end = trimmed.endsWith(',') ? trimmed.length - 2 : trimmed.length - 1
  return end > 0 && trimmed[end] === quote ? trimmed.slice(1, end) : trimmed
}

function readCells(text: string): Pasted {
  const separators = text.includes('\t') ? (['\t'] as const) : ([';', ','] as const)
  for (const separator of separators) {
    const rows = rowsOf(text, separator)
    const [first = []] = rows
    if (first.length > 1 && rows.every((row) => row.length === first.length || separator === '\t'))
      return { form: 'cells', rows, separator }
  }
  return { form: 'cells', rows: rowsOf(text, '\n'), separator: '\n' }
}

/** The rows of a sheet; a cell in double quotes may hold separators, line ends, and double quotes as two. */
function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let start = 0
  let isBlank = true
  const endCell = (end: number) => {
    if (row.length < mostColumns) row.push(cellOf(text.slice(start, end)))
    start = end + 1
    isBlank = true
  }
  const endRow = (end: number) => {
    endCell(end)
    if (row.some((cell) => cell !== '')) rows.push(row)
    row = []
  }
  let isQuoted = false
  for (let at = 0; at < text.length && rows.length < mostRows; at++) {
    const character = text[at]
    // A quote opens a cell at its beginning only: inside of one it is an inch, or a part of a secret.
    if (character === '"' && (isQuoted || isBlank)) isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '\n') endRow(at)
    else if (character === separator) endCell(at)
    else if (character !== ' ') isBlank = false
  }
  if (rows.length < mostRows) endRow(text.length)
  return rows
}

function cellOf(text: string): string {
  const trimmed = text.trim()
  const isQuoted = trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
  return isQuoted ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed
}
