import { numberText } from './number-text'

/** The names of points repeat in every entry. */
const knownNames = new Map<string, string>()
const mostKnownNames = 1000
/** V8 knows this one, other than `Object.hasOwn`, to be true of nearly every name that `for … in` gives. */
const hasOwn = Object.prototype.hasOwnProperty

/**
 * The text with what `JSON.stringify` makes of an object of values behind it, but for the closing brace. In half of its
 * time, and with a third of its garbage: entries are many and small, their values mostly numbers.
 * @param text up to the opening brace, and with it
 */
export function withValuesJson(text: string, values: Readonly<Record<string, unknown>>): string {
  let json = text
  let isFirst = true
  for (const name in values) {
    if (!hasOwn.call(values, name)) continue
    const value = values[name]
    const valueJson = Number.isFinite(value) ? numberText(value as number) : JSON.stringify(value)
    if (valueJson === undefined) continue
    const memberName = nameJson(name)
    json += (isFirst ? memberName : `,${memberName}`) + valueJson
    isFirst = false
  }
  return json
}

/** With the colon. */
function nameJson(name: string): string {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const json = `${JSON.stringify(name)}:`
  if (knownNames.size >= mostKnownNames) knownNames.clear()
  knownNames.set(name, json)
  return json
}
