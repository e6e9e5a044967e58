/** The names of points repeat in every entry. */
const knownNames = new Map<string, string>()
const mostKnownNames = 1000

/**
 * What `JSON.stringify` makes of an object of values, in two thirds of its time: entries are many and small, their values
 * mostly numbers.
 */
export function valuesJson(values: Readonly<Record<string, unknown>>): string {
  let members = ''
  for (const name of Object.keys(values)) {
    const value = values[name]
    const json = Number.isFinite(value) ? String(value) : JSON.stringify(value)
    if (json !== undefined) members += (members && ',') + nameJson(name) + json
  }
  return `{${members}}`
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
