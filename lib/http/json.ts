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

/** No answer of a cloud, and no model, comes near. What walks through a value by recursion stands far more. */
const deepest = 200

/**
 * The value of a JSON text, or `undefined` for any text that is not JSON, or holds lists and objects in each other more
 * than 200 deep: such a value would break whoever copies or prints it. A leading byte order mark is ignored.
 */
export function parseJson(text: string): Json | undefined {
  if (isDeeperThan(deepest, text)) return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Json
  } catch {
    return undefined
  }
}

function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '[':
      case '{':
        depth += 1
        if (depth > limit) return true
        break
      case ']':
      case '}':
        depth -= 1
    }
  }
  return false
}

/** Where the string that starts here ends; the end of the text for one that does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at
    if (text[at] === '\\') at += 1
  }
  return text.length
}
