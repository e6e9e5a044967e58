import { randomUUID } from 'node:crypto'
import { ConnectorError } from './errors'
import { say } from './text'

/** Parsed JSON, before anyone has looked at it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether it is a list of objects, without gaps, over which `every` alone would pass. */
export function isObjectList(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && Array.from(value).every(isJsonObject)
}

/** No answer of a cloud, and no model, comes near this. Code that walks through a value by recursion can take far more. */
const deepest = 200
const byteOrderMark = 0xfeff

/**
 * The value of a JSON text, or `undefined` for any text that is not JSON, or holds lists and objects in each other more
 * than 200 deep: such a value would break whoever copies or prints it. A leading byte order mark is ignored.
 */
export function parseJson(text: string): Json | undefined {
  return isDeeperThan(deepest, text) ? undefined : parsed(text)
}

/** More of these make parsing take seconds; the rows of a time series have some three each. A list's values count, too. */
const mostParts = 500_000

/**
 * As `parseJson`, for the answer of a cloud.
 * @throws ConnectorError `RESPONSE_TOO_LARGE` for one of so many parts that it would hold up Node-RED
 */
export function parseAnswer(text: string): Json | undefined {
  switch (shapeOf(text, deepest, mostParts)) {
    case 'deep':
      return undefined
    case 'large':
      throw new ConnectorError(
        'RESPONSE_TOO_LARGE',
        say`The cloud's answer has more than ${mostParts} lists, objects and members. Ask for less at a time.`,
      )
    default:
      return parsed(text)
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text) as Json
  } catch {
    return undefined
  }
}

/** As `parseJson`, where a whole number that JavaScript's numbers cannot hold is a BigInt. */
export function parseExactJson(text: string): unknown {
  if (!wideRun.test(text)) return parseJson(text)
  const mark = randomUUID()
  const marked = withWideMarked(text, mark)
  if (marked === text || isDeeperThan(deepest, text)) return parseJson(text)
  const revived = (_name: string, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value
  try {
    return JSON.parse(marked.replace(/^\uFEFF/, ''), revived)
  } catch {
    return undefined
  }
}

/** Finds the digits of a number that may be too wide. Hardly any text holds one. */
const wideRun = /\d{16}/

/** The first whole number in a JSON text that JavaScript's numbers cannot hold. */
export function wideIntegerIn(text: string): string | undefined {
  if (!wideRun.test(text)) return undefined
  for (const { integer } of wideIntegers(text)) return integer
  return undefined
}

/** JavaScript reads longer ones as infinity, which does not count as a number. */
const mostDigits = 300

function withWideMarked(text: string, mark: string): string {
  let marked = ''
  let from = 0
  for (const { integer, at } of wideIntegers(text)) {
    marked += `${text.slice(from, at)}"${mark}${integer}"`
    from = at + integer.length
  }
  return marked + text.slice(from)
}

/** Whole numbers outside of strings that are too wide, where they stand. */
function* wideIntegers(text: string): Generator<{ integer: string; at: number }> {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = endOfString(text, at)
    else if (isOfNumber(text.charCodeAt(at))) {
      const start = at
      while (isOfNumber(text.charCodeAt(at + 1))) at += 1
      const token = text.slice(start, Math.min(at + 1, start + mostDigits + 1))
      if (/^-?[1-9]\d{15,}$/.test(token) && token.length <= mostDigits && !Number.isSafeInteger(Number(token)))
        yield { integer: token, at: start }
    }
  }
}

/** `0` to `9`, `+`, `-`, `.`, `e` and `E`. */
function isOfNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e || (code | 0x20) === 0x65
}

const [quote, backslash, bracket, brace, comma, bracketEnd, braceEnd] = [...'"\\[{,]}'].map((sign) =>
  sign.charCodeAt(0),
)

const isDeeperThan = (limit: number, text: string): boolean => shapeOf(text, limit, Number.POSITIVE_INFINITY) === 'deep'

/**
 * Looks at a text before it is parsed: how deep it is nested, and how many lists, objects and members it has: each list and
 * object begins with a sign, and each member but the first has one before it.
 */
function shapeOf(text: string, mostDeep: number, most: number): 'fine' | 'deep' | 'large' {
  // Each level takes two characters: most answers are shorter.
  if (text.length <= 2 * mostDeep) return 'fine'
  let depth = 0
  let parts = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at)
        break
      case bracket:
      case brace:
        parts += 1
        depth += 1
        if (depth > mostDeep) return 'deep'
        break
      case comma:
        parts += 1
        break
      case bracketEnd:
      case braceEnd:
        depth -= 1
    }
    if (parts > most) return 'large'
  }
  return 'fine'
}

/** Where the string that starts here ends; the end of the text for one that does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = end
    while (text.charCodeAt(escapes - 1) === backslash) escapes -= 1
    if ((end - escapes) % 2 === 0) return end
  }
  return text.length
}

/** Whether a value holds lists and objects in each other more than 200 deep: somebody else has parsed it. */
export function isNestedTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; depth <= deepest; depth++) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
    if (level.length === 0) return false
  }
  return true
}
