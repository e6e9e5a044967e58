import { type Fields, isFields } from '../checked-input'
import { invalid } from './api-call'

type Matcher = (record: Fields) => boolean

const tokenPattern = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(<=|>=|!=|[=<>(),])|([^\s=<>!(),"']+))/y

/** It is read by recursion, and each token looks at what is left of it. */
const longestExpression = 2_000

interface Token {
  kind: 'text' | 'sign' | 'word'
  text: string
}

/**
 * What a search expression asks for: `=  !=  <  >  <=  >=  in (...)  like  exists` (also `not exists`, `exists(field)`),
 * joined by `and`, `or`, `not` and brackets; `modelId in ("a","b") and deviceTags.region = "x"`.
 * Throws 99400 for what it cannot read.
 */
export function matcherOf(expression: unknown, aliases: Record<string, string>): Matcher {
  if (expression === undefined || expression === null || expression === '') return () => true
  if (typeof expression !== 'string') throw invalid('expression must be a text')
  const parser = new ExpressionParser(tokensOf(expression), aliases)
  const matcher = parser.alternatives()
  if (!parser.isAtEnd) throw invalid(`expression ${expression}`)
  return matcher
}

function tokensOf(expression: string): Token[] {
  if (expression.length > longestExpression) throw invalid(`expression of ${expression.length} characters`)
  const tokens: Token[] = []
  const pattern = new RegExp(tokenPattern)
  while (expression.slice(pattern.lastIndex).trim() !== '') {
    const match = pattern.exec(expression)
    if (!match) throw invalid(`expression ${expression}`)
    const [, quoted, sign, word] = match
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1') })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

class ExpressionParser {
  #position = 0

  readonly #tokens: Token[]
  readonly #aliases: Record<string, string>

  constructor(tokens: Token[], aliases: Record<string, string>) {
    this.#tokens = tokens
    this.#aliases = aliases
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#tokens.length
  }

  alternatives(): Matcher {
    const options = [this.#conditions()]
    while (this.#takes('or')) options.push(this.#conditions())
    return (record) => options.some((matches) => matches(record))
  }

  #conditions(): Matcher {
    const conditions = [this.#condition()]
    while (this.#takes('and')) conditions.push(this.#condition())
    return (record) => conditions.every((matches) => matches(record))
  }

  #condition(): Matcher {
    if (this.#takes('not')) {
      const condition = this.#condition()
      return (record) => !condition(record)
    }
    if (this.#takes('(')) {
      const inner = this.alternatives()
      this.#expect(')')
      return inner
    }
    if (this.#takes('exists')) {
      this.#expect('(')
      const path = this.#path()
      this.#expect(')')
      return (record) => valueAt(record, path) !== undefined
    }
    return this.#comparison(this.#path())
  }

  #comparison(path: string): Matcher {
    const isNegated = this.#takes('not')
    const matches = this.#operator(path)
    return isNegated ? (record) => !matches(record) : matches
  }

  #operator(path: string): Matcher {
    if (this.#takes('exists')) return (record) => valueAt(record, path) !== undefined
    if (this.#takes('in')) {
      this.#expect('(')
      const values = [this.#value()]
      while (this.#takes(',')) values.push(this.#value())
      this.#expect(')')
      return (record) => eachOf(valueAt(record, path)).some((value) => values.includes(String(value)))
    }
    if (this.#takes('like')) {
      const part = this.#value()
      return (record) => textsIn(valueAt(record, path)).some((text) => text.includes(part))
    }
    const operator = this.#next().text
    const wanted = this.#value()
    const compare = comparisons[operator]
    if (!compare) throw invalid(`expression operator ${operator}`)
    return (record) => compare(valueAt(record, path), wanted)
  }

  #path(): string {
    const [first = '', ...rest] = this.#value().split('.')
    return [this.#aliases[first] ?? first, ...rest].join('.')
  }

  #value(): string {
    const token = this.#next()
    if (token.kind === 'sign') throw invalid(`expression: a name or value is missing before ${token.text}`)
    return token.text
  }

  #next(): Token {
    const token = this.#tokens[this.#position++]
    if (!token) throw invalid('the expression ends too early')
    return token
  }

  #takes(text: string): boolean {
    const token = this.#tokens[this.#position]
    if (!token || token.kind === 'text' || token.text.toLowerCase() !== text) return false
    this.#position += 1
    return true
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw invalid(`expression: ${text} is missing`)
  }
}

const comparisons: Record<string, (value: unknown, wanted: string) => boolean> = {
  '=': (value, wanted) => eachOf(value).some((each) => each !== undefined && String(each) === wanted),
  '!=': (value, wanted) => String(value) !== wanted,
  '<': (value, wanted) => Number(value) < Number(wanted),
  '>': (value, wanted) => Number(value) > Number(wanted),
  '<=': (value, wanted) => Number(value) <= Number(wanted),
  '>=': (value, wanted) => Number(value) >= Number(wanted),
}

/** A field that holds several values, such as the trees of an asset, is equal to each of them. */
function eachOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** `deviceName.default` and `.zh_CN` read an international name; other paths go by their names. */
function valueAt(record: Fields, path: string): unknown {
  let value: unknown = record
  for (const name of path.split('.')) {
    if (!isFields(value)) return undefined
    if (isFields(value.i18nValue) && 'defaultValue' in value) {
      value = name === 'default' ? value.defaultValue : (value.i18nValue[name] ?? value.defaultValue)
    } else {
      value = Object.hasOwn(value, name) ? value[name] : undefined
    }
  }
  return value
}

function textsIn(value: unknown): string[] {
  return isFields(value) ? Object.values(value).flatMap(textsIn) : value === undefined ? [] : [String(value)]
}
