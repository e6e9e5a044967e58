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
 * @param numbered names that came in as numbers: a blank behind the colon marks them, as `idMember` does
 */
export function withValuesJson(
  text: string,
  values: Readonly<Record<string, unknown>>,
  numbered?: ReadonlySet<string>,
): string {
  if (numbered) return withNumberedJson(text, values, numbered)
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

function withNumberedJson(
  text: string,
  values: Readonly<Record<string, unknown>>,
  numbered: ReadonlySet<string>,
): string {
  const members = Object.entries(values).flatMap(([name, value]) => {
    const json = JSON.stringify(value) as string | undefined
    return json === undefined ? [] : [`${JSON.stringify(name)}:${numbered.has(name) ? ' ' : ''}${json}`]
  })
  return text + members.join()
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
