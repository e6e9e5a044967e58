/** A title as it stands in the source: without the values of its placeholders. */
const title =
  /\b(?:it|describe)\w*(?:\.\w+)?(?:\([^()\n]*\))?\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g
const placeholder = /\$\{[^}]*\}/g

/** The titles of a test file's `it` and `describe` that are string literals, their placeholders left out. */
export function titlesIn(source: string): string[] {
  return [...source.matchAll(title)].map(([, single, double, template]) =>
    (single ?? double ?? template ?? '').replace(/\\(.)/g, '$1').replace(placeholder, ''),
  )
}
