import { type AccountName, accountNameOf, headedBy, isExact, labelIn } from './accounts'
import type { PastedValue } from './read'

type Named = Required<PastedValue>

interface Line {
  values: readonly Named[]
  /** Whether it names a part of an account for sure. */
  isSure: boolean
}

const mostLines = 200
const mostLineCharacters = 4_000

/**
 * The values of an account in lines below a heading, or in one line as `label value, label value`; `undefined` where a text is
 * something else.
 * @param namedValueOf of a line `KEY=value`
 */
export function readLabelled(
  lines: readonly string[],
  namedValueOf: (line: string) => Named | undefined,
): Named[] | undefined {
  if (lines.length > mostLines || lines.some((line) => line.length > mostLineCharacters)) return undefined
  const plain = lines.map((line) => ({ line, text: withoutMarks(line) })).filter(({ text }) => text !== '')
  const read = plain.map(
    ({ line, text }) => ofList(text, 2) ?? ofPair(text) ?? ofKey(line, namedValueOf) ?? ofList(text, 1),
  )
  const told = read.filter((line) => line !== undefined)
  const areHeadings = read.every((line, index) => line || isHeading(plain[index]?.text ?? '', index))
  if (!areHeadings || !told.some(({ isSure }) => isSure)) return undefined
  // One line below another may be a value below its name.
  return told.length === read.length || told.length > 1 ? told.flatMap(({ values }) => values) : undefined
}

const isHeading = (line: string, index: number) =>
  headedBy(line) !== undefined || (index === 0 && !line.includes('\t') && !accountNameOf(line))

/** Without what Markdown puts around cells and code. */
function withoutMarks(line: string): string {
  if (!line.startsWith('|')) return withoutQuotes(line)
  const cells = line.split('|').map((cell) => cell.trim())
  return /^[-:|\s]+$/.test(line) ? '' : withoutQuotes(cells.filter((cell) => cell !== '').join('\t'))
}

/** One that is inside of a word may be a part of a secret. */
const withoutQuotes = (text: string) => text.replaceAll(/(?<!\S)`([^`\s]{1,500})`(?=[\s,;]|$)/g, '$1')

const ofKey = (line: string, namedValueOf: (line: string) => Named | undefined): Line | undefined => {
  const value = namedValueOf(line)
  return value && { values: [value], isSure: accountNameOf(value.name)?.isSure === true }
}

/** `Product key`, a tab, and its value. */
function ofPair(line: string): Line | undefined {
  const [name = '', value = '', ...others] = line.split('\t').map((cell) => cell.trim())
  const known = others.length === 0 && value !== '' && !isExact(value) ? accountNameOf(name) : undefined
  return known && { values: [{ name, value }], isSure: known.isSure }
}

/** `enos-device`, a tab, and `product key pK1, device key dK1`. */
function ofList(line: string, fewest: number): Line | undefined {
  const [first = '', ...others] = line.split('\t')
  const list = others.length > 0 && headedBy(first) ? others.join(', ') : line
  if (list.includes('\t')) return undefined
  const parts = list
    .split(/[,;](?=\s|$)/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const read = parts.map(ofPart)
  const values = read.filter((part) => part !== undefined)
  const labelled = values.filter(({ known }) => known)
  const isSure = labelled.some(({ known }) => known?.isSure)
  const isRead = values.length === parts.length
  if (!isRead || parts.length < fewest || labelled.length < fewest) return undefined
  return { values: values.map(({ name, value }) => ({ name, value })), isSure }
}

function ofPart(part: string): { name: string; value: string; known?: AccountName } | undefined {
  const sign = /^[^:=/]{1,60}[:=]\s*(?!\/\/)/.exec(part)?.[0]
  const named = sign === undefined ? undefined : accountNameOf(sign)
  if (sign !== undefined && named)
    return { name: sign.trim().slice(0, -1).trim(), value: part.slice(sign.length), known: named }
  const found = labelIn(part)
  if (found && !/\s/.test(found.value)) return found
  // What has no name beside others that have goes nowhere by itself.
  if (!/\s/.test(part) && !isExact(part)) return { name: '', value: part }
  const [, name = '', url = ''] = /^(\S.{0,80}?\bURL) (https?:\/\/\S{1,500})$/i.exec(part) ?? []
  return url === '' ? undefined : { name, value: url }
}
