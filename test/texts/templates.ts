/**
 * The templates of all `say` in a TypeScript source, as catalogues know them: `{0} is empty.` Reads what the language
 * needs of comments, quotes and nested templates; TypeScript 7 has no stable API for it.
 */
export function templatesIn(source: string): string[] {
  const found: string[] = []
  readCode(source, 0, found)
  return found
}

/** From a place in code to the end of the source, or to the brace that ends a `${`; gives the place behind it. */
function readCode(source: string, start: number, found: string[]): number {
  let depth = 0
  let at = start
  while (at < source.length) {
    const rest = source.slice(at, at + 2)
    if (rest === '//') at = endOf(source, '\n', at)
    else if (rest === '/*') at = endOf(source, '*/', at + 2)
    else if (rest[0] === '/' && isRegexAt(source, at)) at = endOfRegex(source, at)
    else if (rest[0] === "'" || rest[0] === '"') at = endOfQuote(source, at)
    else if (rest[0] === '`') at = readTemplate(source, at, found)
    else if (rest[0] === '}' && depth === 0) return at + 1
    else {
      if (rest[0] === '{') depth += 1
      if (rest[0] === '}') depth -= 1
      at += 1
    }
  }
  return at
}

function readTemplate(source: string, start: number, found: string[]): number {
  const isSaid = /(?<![\w.])say$/.test(source.slice(Math.max(0, start - 4), start))
  let template = ''
  let values = 0
  let at = start + 1
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') {
      template += source[at + 1] === 'n' ? '\n' : source[at + 1]
      at += 2
    } else if (source.startsWith('${', at)) {
      template += `{${values}}`
      values += 1
      at = readCode(source, at + 2, found)
    } else {
      template += source[at]
      at += 1
    }
  }
  if (isSaid) found.push(template)
  return at + 1
}

function endOf(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from)
  return end < 0 ? source.length : end + mark.length
}

function endOfQuote(source: string, start: number): number {
  let at = start + 1
  while (at < source.length && source[at] !== source[start]) at += source[at] === '\\' ? 2 : 1
  return at + 1
}

/** A slash begins a regular expression where no value stands before it. */
function isRegexAt(source: string, at: number): boolean {
  return /(^|[(,=:[!&|?{};>+]|\breturn)\s*$/.test(source.slice(Math.max(0, at - 40), at))
}

function endOfRegex(source: string, start: number): number {
  let inClass = false
  let at = start + 1
  while (at < source.length && (inClass || source[at] !== '/')) {
    if (source[at] === '[') inClass = true
    if (source[at] === ']') inClass = false
    at += source[at] === '\\' ? 2 : 1
  }
  return at + 1
}
