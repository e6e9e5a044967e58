/** No message of either cloud comes near. Whatever walks through a value by recursion can stand far more. */
const deepest = 200

/**
 * The value of a JSON text, without a leading byte order mark.
 * @throws SyntaxError for a text that is not JSON, or that nests lists and objects more than 200 deep: such a value is kept
 * without trouble, and ends the process when it is printed
 */
export function readJson(content: string | Buffer): unknown {
  const text = content.toString().replace(/^\uFEFF/, '')
  if (isDeeperThan(deepest, text)) throw new SyntaxError(`The JSON is nested deeper than ${deepest} levels`)
  return JSON.parse(text)
}

function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0
  let isInText = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInText) {
      if (character === '\\') at += 1
      else if (character === '"') isInText = false
    } else if (character === '"') isInText = true
    else if (character === '[' || character === '{') {
      depth += 1
      if (depth > limit) return true
    } else if (character === ']' || character === '}') depth -= 1
  }
  return false
}
