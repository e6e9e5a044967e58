/** Key → text; keys of inner objects are joined by dots. */
export type Catalogue = ReadonlyMap<string, string>

export function catalogueOf(json: string): Catalogue {
  return new Map(entriesOf(JSON.parse(json) as object, ''))
}

function entriesOf(object: object, prefix: string): [string, string][] {
  return Object.entries(object).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : entriesOf(value as object, `${prefix}${key}.`),
  )
}

/** Templates as a catalogue that says itself; one without words needs no translation. */
export function catalogueOfTemplates(templates: readonly string[]): Catalogue {
  const spoken = templates.filter((template) => /\p{L}/u.test(template.replace(/\{\d+\}/g, '')))
  return new Map(spoken.map((template) => [template, template]))
}

/**
 * What is wrong with a translation, a line for each fault; none when it is complete.
 * @param equal English texts that may well read the same
 */
export function faultsOf(english: Catalogue, translated: Catalogue, equal: ReadonlySet<string>): string[] {
  const missing = [...english.keys()].filter((key) => !translated.has(key)).map((key) => `missing: ${key}`)
  const others = [...translated].flatMap(([key, text]): string[] => {
    const original = english.get(key)
    if (original === undefined) return [`unused: ${key}`]
    if (text.trim() === '' || (text === original && !equal.has(text))) return [`untranslated: ${key}`]
    return placeholdersOf(text) === placeholdersOf(original) ? [] : [`other placeholders: ${key}`]
  })
  return [...missing, ...others]
}

function placeholdersOf(text: string): string {
  return [...new Set(text.match(/\{\d+\}|__\w+__/g))].sort().join()
}

/** What begins and ends a key that a page composes. */
export type KeyEnds = readonly [beginning: string, end: string]

/** The keys of its own and of the shared catalogue that an editor page names, and the ends of those it composes. */
export interface UsedKeys {
  own: string[]
  shared: string[]
  composed: KeyEnds[]
}

const sharedNamespace = '@edgecourier/node-red-enos-thingplus/edgecourier:'

/** @param html an editor page: `data-i18n="key"`, `data-i18n="[title]key"`, `_('key')`, `text('key')` of the plugin */
export function keysUsedIn(html: string): UsedKeys {
  const attributes = [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, value = '']) =>
    value.split(';').map((part) => part.replace(/^\[[\w-]+\]/, '')),
  )
  const called = [...html.matchAll(/\b(?:_|say)\(\s*['"]([\w:/@.-]+)['"]/g)].map(([, key = '']) => key)
  const fromPlugin = [...html.matchAll(/\btext\(\s*['"]([\w.-]+)['"]/g)].map(([, key = '']) => key)
  const composed = [...html.matchAll(/\btext\(\s*`([\w.-]*)\$\{\w+\}([\w.-]*)`/g)].map(
    ([, beginning = '', end = '']): KeyEnds => [beginning, end],
  )
  const named = [...attributes, ...called]
  const isShared = (key: string) => key.startsWith(sharedNamespace)
  const shared = named.filter(isShared).map((key) => key.slice(sharedNamespace.length))
  const own = named.filter((key) => !key.includes(':'))
  return { own, shared: [...shared, ...fromPlugin], composed }
}

/** Keys that are used and not there, and keys that are there and not used. */
export function strayKeys(catalogue: Catalogue, used: readonly string[], composed: readonly KeyEnds[] = []): string[] {
  const isComposed = (key: string) =>
    composed.some(([beginning, end]) => key.startsWith(beginning) && key.endsWith(end))
  const isUsed = (key: string) => used.includes(key) || isComposed(key)
  return [
    ...used.filter((key) => !catalogue.has(key)).map((key) => `not there: ${key}`),
    ...[...catalogue.keys()].filter((key) => !isUsed(key)).map((key) => `not used: ${key}`),
  ]
}
