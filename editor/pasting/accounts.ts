import { settings as enosApp } from '../../nodes/settings/enos-app'
import { settings as enosDevice } from '../../nodes/settings/enos-device'
import { settings as thingplusClient } from '../../nodes/settings/thingplus-client'
import { exactLikeness, isSecretWord, withoutProducts, wordsOf } from './names'

/** What a configuration calls a part of an account. */
export interface AccountName {
  /** As the configurations declare it, so that it holds nothing of what was pasted. */
  words: string
  /** Those that have it; none for a secret of something else. */
  types: readonly string[]
  /** Whether it names nothing else, unlike `device` or `host`. */
  isSure: boolean
  likeness: number
}

interface Declared {
  words: readonly string[]
  type: string
}

const mostLabelWords = 5
const mostLabelCharacters = 120
/** A shorter word alone may name many things. */
const fewestLetters = 13

const all = [enosApp, enosDevice, thingplusClient]
const declared: readonly Declared[] = all.flatMap(({ type, fields }) =>
  Object.values(fields).flatMap((field) => {
    if (field.kind !== 'url' && field.kind !== 'text' && field.kind !== 'secret') return []
    return [field.name, ...(field.alias ?? [])].map((name) => ({ words: wordsOf(name), type }))
  }),
)
const joined = ({ words }: Declared) => words.join('')
const byName: ReadonlyMap<string, readonly Declared[]> = new Map(
  declared.map((one) => [joined(one), declared.filter((other) => joined(other) === joined(one))]),
)
const headings = new Map(
  [
    ['enos-app', 'enos app', 'enos application'],
    ['enos-device', 'enos device'],
    ['thingplus-client', 'thing+ client', 'thing+'],
  ].flatMap(([type = '', ...others]) => [type, ...others].map((called) => [wordsOf(called).join(''), type] as const)),
)

/** The configurations that hold accounts. */
export const accountTypes: readonly string[] = all.map(({ type }) => type)

/** Which part of an account is called this; the rule is that of `likeness`. */
export function accountNameOf(name: string): AccountName | undefined {
  const words = wordsOf(name)
  const own = withoutProducts(words)
  const exact = byName.get(own.join('')) ?? byName.get(words.join(''))
  if (exact) return partOf(exact, exactLikeness)
  for (let count = Math.min(mostLabelWords, own.length); count > 0; count--) {
    const tail = own.slice(-count).join('')
    const found = byName.get(tail)?.filter((one) => one.words.length === count)
    if (found?.length && (count > 1 || isSecretWord(tail))) return partOf(found, 0)
  }
  const last = words.at(-1) ?? ''
  return isSecretWord(last) ? { words: last, types: [], isSure: true, likeness: 0 } : undefined
}

const partOf = (found: readonly Declared[], added: number): AccountName => ({
  words: found[0]?.words.join(' ') ?? '',
  types: [...new Set(found.map(({ type }) => type))],
  isSure: found.some(({ words }) => words.length > 1 || isSure(words[0] ?? '')),
  likeness: added + (found[0]?.words.join('').length ?? 0),
})

const isSure = (word: string) => isSecretWord(word) || word.length >= fewestLetters

/** The configuration of which a text is the heading. */
export const headedBy = (text: string): string | undefined => headings.get(wordsOf(text).join(''))

/** The name at the beginning of `product key pK1`, and what comes after it; none in a text that is a name as a whole. */
export function labelIn(text: string): { name: string; value: string; known: AccountName } | undefined {
  const trimmed = text.trim()
  const ends = [...trimmed.slice(0, mostLabelCharacters).matchAll(/[\s:=]+/g)].slice(0, mostLabelWords)
  if (ends.length === 0 || isExact(trimmed)) return undefined
  for (const { index, 0: sign } of ends.reverse()) {
    const name = trimmed.slice(0, index)
    const value = trimmed.slice(index + sign.length)
    const known = value === '' ? undefined : accountNameOf(name)
    if (known) return { name, value, known }
  }
  return undefined
}

/** Whether a text is a name and nothing else. */
export const isExact = (text: string): boolean => (accountNameOf(text)?.likeness ?? 0) > exactLikeness

/** What in a text is surely a part of an account: its name, or a name with a value behind it. */
export function accountNameIn(text: string): AccountName | undefined {
  const known = labelIn(text)?.known ?? accountNameOf(text)
  return known?.isSure ? known : undefined
}
