import type { Field } from '../../lib/settings'
import { hasForm } from '../shared/forms'
import { type Target, Targets } from './target'

/** What the dialog shows of a setting, in the editor's language. */
export interface Shown {
  label: string
  /** The words of a choice, each with its label. */
  options?: Readonly<Record<string, string>>
}

/** The settings of a dialog that values can be pasted into, from top to bottom. */
export function settingTargets(
  fields: readonly (Field & { name: string })[],
  shownOf: (name: string) => Shown,
): Targets {
  return new Targets(fields.flatMap((field) => targetOf(field, shownOf(field.name)) ?? []))
}

function targetOf(field: Field & { name: string }, { label, options = {} }: Shown): Target | undefined {
  const { name, kind, alias = [] } = field
  const about = { name, called: [name, label, ...alias] }
  switch (kind) {
    case 'url':
      return { ...about, kind, host: field.host }
    case 'number':
      return { ...about, kind, range: field.range }
    case 'choice': {
      const words = Object.keys(field.options).flatMap((value) =>
        [value, options[value] ?? ''].map((word) => [word.toLowerCase(), value] as const),
      )
      return { ...about, kind: 'word', words: new Map(words.filter(([word]) => word !== '')) }
    }
    case 'tick':
    case 'secret':
      return { ...about, kind }
    case 'text': {
      const { form } = field
      return {
        ...about,
        kind,
        ...(form ? { isFit: hasForm[form] } : {}),
        ...(name === 'name' ? {} : { isLikely: isWord }),
      }
    }
    case 'typed':
      return { ...about, kind: 'text', ...wordsOnly(field.words) }
    default:
      return undefined
  }
}

/** Ids and keys are: of a sentence, no field is the next. */
const isWord = (text: string) => !/\s/.test(text)

const wordsOnly = (words: readonly string[] | undefined) =>
  words ? { isFit: (text: string) => words.includes(text) } : {}
