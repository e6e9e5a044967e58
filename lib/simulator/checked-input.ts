/** A seed, fault or option that the simulator cannot use; the text names the key. */
export class InvalidInput extends Error {
  override name = 'InvalidInput'
}

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at `key`, with no key beside the `known` ones; `{}` when it is left out. */
export function fieldsAt(value: unknown, key: string, known?: readonly string[]): Fields {
  if (value === undefined) return {}
  if (!isFields(value)) throw new InvalidInput(`${key} must be an object`)
  const unknown = known && Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new InvalidInput(`${key}.${unknown} is not known; known are ${known?.join(', ')}`)
  return value
}

export function listAt<T>(value: unknown, key: string, read: (item: unknown, itemKey: string) => T): T[] {
  if (!Array.isArray(value)) throw new InvalidInput(`${key} must be a list`)
  return value.map((item, index) => read(item, `${key}[${index}]`))
}

/** A text that is not empty; `fallback` when it is left out, an error when there is none. */
export function textAt(fields: Fields, name: string, key: string, fallback?: string): string {
  const value = fields[name] ?? fallback
  if (typeof value !== 'string' || value === '') throw new InvalidInput(`${key}.${name} must be a text`)
  return value
}

export function booleanAt(fields: Fields, name: string, key: string, fallback: boolean): boolean {
  const value = fields[name] ?? fallback
  if (typeof value !== 'boolean') throw new InvalidInput(`${key}.${name} must be true or false`)
  return value
}

/** A number from `least` up to `most`; `undefined` when it is left out. */
export function numberAt(fields: Fields, name: string, key: string, least = 0, most = Infinity): number | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new InvalidInput(
      `${key}.${name} must be a number ${most === Infinity ? `>= ${least}` : `from ${least} to ${most}`}`,
    )
  }
  return value
}
