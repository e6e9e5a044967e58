import type { Entry } from '../enos'
import type { ValueReport } from '../message'

/** A stretch of a body that holds a doubtful value, in characters from its beginning. */
export interface Mark {
  start: number
  end: number
  reason: string
}

/** What a doubtful value is a member of, as it is in a body. */
interface Doubt {
  /** JSON of the entry. */
  entry: string
  member: string
  reason: string
}

/** Where the values that a report warns of are in what is sent. */
export class DoubtfulPlaces {
  readonly #doubts: Doubt[] = []
  /** How many warnings of the report are looked at already. */
  #seen = 0
  #waiting: { point: string; reason: string }[] = []

  /** An entry of EnOS is encoded: the latest warnings are of it, or, where it is one moment of a row, of the next ones. */
  encoded({ values }: Entry, entry: string, { warnings }: ValueReport): void {
    for (const { point, reason } of warnings.slice(this.#seen)) {
      if (point !== undefined) this.#waiting.push({ point, reason })
    }
    this.#seen = warnings.length
    if (this.#waiting.length === 0) return
    const isOwn = ({ point }: { point: string }) => Object.hasOwn(values, point)
    const reasons = new Map<string, string>()
    for (const { point, reason } of this.#waiting.filter(isOwn)) {
      const before = reasons.get(point)
      reasons.set(point, before === undefined ? reason : `${before} ${reason}`)
    }
    this.#waiting = this.#waiting.filter((waiting) => !isOwn(waiting))
    for (const [member, reason] of reasons) this.#doubts.push({ entry, member, reason })
  }

  /** The values of Thing+ that a report warns of: of these it knows the entries. */
  ofSeries({ warnings, warnedEntries }: ValueReport): void {
    for (const [at, { reason }] of warnings.entries()) {
      const entry = warnedEntries[at]
      if (entry) this.#doubts.push({ entry: JSON.stringify(entry), member: 'value', reason })
    }
  }

  /** Those of one body, in their order. */
  in(body: string): Mark[] {
    const marks = new Map<number, Mark>()
    for (const { entry, member, reason } of this.#doubts) {
      for (let at = body.indexOf(entry); at >= 0; at = body.indexOf(entry, at + entry.length)) {
        const value = memberIn(entry, member)
        if (!value || marks.has(at + value.start)) continue
        marks.set(at + value.start, { start: at + value.start, end: at + value.end, reason })
        break
      }
    }
    return [...marks.values()].toSorted((one, other) => one.start - other.start)
  }
}

/** The first member of this name with its value, wherever it is in a text of JSON. */
function memberIn(json: string, member: string): { start: number; end: number } | undefined {
  const name = `${JSON.stringify(member)}:`
  for (let start = json.indexOf(name); start >= 0; start = json.indexOf(name, start + 1)) {
    // Within a text, or behind the end of a text, it would not be a name.
    if ('{,'.includes(json.charAt(start - 1))) return { start, end: endOfValue(json, start + name.length) }
  }
  return undefined
}

/** Where a value ends that begins here. */
function endOfValue(json: string, start: number): number {
  let depth = 0
  let isText = false
  for (let at = start; at < json.length; at++) {
    const character = json.charAt(at)
    if (isText) {
      if (character === '\\') at++
      else if (character === '"') isText = false
    } else if (character === '"') isText = true
    else if (character === '{' || character === '[') depth++
    else if ('}]'.includes(character) && depth > 0) depth--
    else if (depth === 0 && ',}]'.includes(character)) return at
  }
  return json.length
}
