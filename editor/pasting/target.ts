import { type EnosHost, enosHostOf } from '../../lib/enos/host-names'
import { isIn, type Range } from '../../lib/settings'
import type { AccountName } from './accounts'
import { exactLikeness, isSecretName, likeness, wordsOf } from './names'
import type { PastedValue } from './read'

/** Something that a pasted value can go to, and what fits it. */
export type Target = {
  name: string
  /** What it may be called, in any language. */
  called: readonly string[]
} & (
  | { kind: 'url'; host?: EnosHost | undefined }
  | { kind: 'number'; range: Range }
  /** A word by what it may be called, in small letters: its label, or itself. */
  | { kind: 'word'; words: ReadonlyMap<string, string> }
  | { kind: 'tick' }
  /** `isLikely`: of a value that has no name. */
  | { kind: 'text'; isFit?: (text: string) => boolean; isLikely?: (text: string) => boolean }
  | { kind: 'secret' }
)

const mostCharacters = 4_000
const ticks = new Map([
  ...['true', 'yes', '1'].map((word) => [word, 'true'] as const),
  ...['false', 'no', '0'].map((word) => [word, 'false'] as const),
])

/** A base URL without secrets. */
export const isUrl = (text: string): boolean => /^https?:\/\/[^\s/@?#]+(\/[^\s?#]*)?$/i.test(text)
const isAnyUrl = (text: string) => /^[a-z][a-z+.-]{0,20}:\/\//i.test(text)

/** What a target makes of a pasted value; `undefined` where it does not fit. */
export function taken(target: Target, pasted: string): string | undefined {
  const value = pasted.trim()
  if (value === '' || value.length > mostCharacters || /[\n\t]/.test(value)) return undefined
  switch (target.kind) {
    case 'url': {
      const host = isUrl(value) ? enosHostOf(value) : undefined
      return isUrl(value) && (host === undefined || host === target.host) ? value : undefined
    }
    case 'number':
      return /^[+-]?\d{1,300}(\.\d{1,300})?$/.test(value) && isIn(target.range, Number(value)) ? value : undefined
    case 'word':
      return target.words.get(value.toLowerCase())
    case 'tick':
      return ticks.get(value.toLowerCase())
    case 'text':
      return !isAnyUrl(value) && (target.isFit?.(value) ?? true) ? value : undefined
    case 'secret':
      return isAnyUrl(value) ? undefined : value
  }
}

/** Whether a value without a name may be meant for it. */
export const isLikely = (target: Target, { value }: PastedValue): boolean =>
  taken(target, value) !== undefined && (target.kind !== 'text' || (target.isLikely?.(value.trim()) ?? true))

interface Called {
  target: Target
  isExact: boolean
  likeness: number
}

/** Targets that are found by what they are called. */
export class Targets {
  readonly #words: readonly (readonly string[][])[]
  readonly #known = new Map<string, Called | undefined>()

  constructor(readonly list: readonly Target[]) {
    this.#words = list.map(({ called }) => called.map(wordsOf))
  }

  get haveSecrets(): boolean {
    return this.list.some(({ kind }) => kind === 'secret')
  }

  /** The one that is called most like this; `undefined` where none is, or several are alike. */
  called(name: string): Called | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#find(name))
    return this.#known.get(name)
  }

  #find(name: string): Called | undefined {
    const words = wordsOf(name)
    const liked = this.#words.map((called) => Math.max(0, ...called.map((wanted) => likeness(words, wanted))))
    const most = Math.max(0, ...liked)
    const target = this.list[liked.indexOf(most)]
    return most > 0 && target && liked.lastIndexOf(most) === liked.indexOf(most)
      ? { target, isExact: most > exactLikeness, likeness: most }
      : undefined
  }

  /** Whether a name says more about another configuration than about any of these. */
  leaves(known: AccountName, name: string): boolean {
    return known.types.length > 0 && known.likeness > (this.called(name)?.likeness ?? 0)
  }

  /** Whether what is called like this is a secret: by the target that it names, or by its words. */
  isSecret(name: string): boolean {
    const found = this.called(name)
    return found?.isExact ? found.target.kind === 'secret' : isSecretName(name)
  }

  /** Those to which a value may go: that it fits; a secret to those that keep it as one. */
  fitting({ name, value }: PastedValue): Target[] {
    const fitting = this.list.filter((target) => taken(target, value) !== undefined)
    return name !== undefined && this.isSecret(name) ? fitting.filter(({ kind }) => kind === 'secret') : fitting
  }
}
