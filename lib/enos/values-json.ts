/** The names of points repeat in every entry. */
const knownNames = new Map<string, string>()
const mostKnownNames = 1000

/**
 * The text with what `JSON.stringify` makes of an object of values behind it, but for the closing brace. In half of its
 * time, and with a third of its garbage: entries are many and small, their values mostly numbers.
 * @param text up to the opening brace, and with it
 */
export function withValuesJson(text: string, values: Readonly<Record<string, unknown>>): string {
  let json = text
  let isFirst = true
  for (const name in values) {
    if (!Object.hasOwn(values, name)) continue
    const value = values[name]
    const valueJson = Number.isFinite(value) ? String(value) : JSON.stringify(value)
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
