import { enosHostOf } from '../../lib/enos/host-names'
import {
  type ConfigurationField,
  type Field,
  holds,
  isIn,
  type NumberField,
  type StoredSettings,
  type TextField,
  type TypedField,
  type UrlField,
  type When,
} from '../../lib/settings'
import { validateRows } from '../table/rows'
import { hasForm } from './forms'
import { text } from './texts'

/** True, or the reason. Node-RED shows a reason only where a validator takes two arguments. */
export type Verdict = true | string
export type Validator = (this: EditorNode, value: unknown, options: object) => Verdict

const isEnvironment = (value: unknown) => /\$\{[^{}\s]+\}/.test(String(value))
const isEmpty = (value: unknown) => value === undefined || value === ''

const isNeeded = (required: boolean | When | undefined, when: When | undefined, node: StoredSettings) =>
  holds(when, node) && (typeof required === 'object' ? holds(required, node) : required === true)

/** How a setting is checked in the editor. */
export function validatorOf(field: Field): Validator {
  const verdict = verdictOf(field)
  return function (value, _options) {
    return verdict(value, asEdited(this))
  }
}

/** A node as its dialog shows it, while that is open: what a choice or a type stands at decides about other fields. */
export function asEdited(node: EditorNode): EditorNode {
  if (RED.editor.getEditStack().at(-1)?.id !== node.id) return node
  const prefix = node._def.category === 'config' ? 'node-config-input' : 'node-input'
  const shown = Object.keys(node._def.defaults).flatMap((name) => {
    const input = $(`#${prefix}-${name}`)
    return input.length > 0 && input.attr('type') !== 'checkbox' ? [[name, input.val()] as const] : []
  })
  return { ...node, ...Object.fromEntries(shown) }
}

function verdictOf(field: Field): (value: unknown, node: EditorNode) => Verdict {
  switch (field.kind) {
    case 'url':
      return (value) => urlVerdict(field, String(value ?? ''))
    case 'text':
      return (value, node) => textVerdict(field, String(value ?? ''), node)
    case 'number':
      return (value) => numberVerdict(field, value)
    case 'typed':
      return (value, node) => typedVerdict(field, value, node)
    case 'configuration':
      return (value, node) => configurationVerdict(field, value, node)
    case 'table':
      return (value, node) => validateRows(value, field, node)
    default:
      return () => true
  }
}

function urlVerdict({ required, host: wanted }: UrlField, value: string): Verdict {
  if (!value) return required ? text('reason.urlMissing') : true
  if (isEnvironment(value)) return true
  const url = value.trim()
  if (!/^https?:\/\/[^\s/@]+(\/[^\s?#]*)?$/i.test(url)) return text('reason.urlInvalid')
  const host = enosHostOf(url)
  if (!wanted || !host || host === wanted) return true
  return text('reason.otherHost', { found: text(`host.${host}`), wanted: text(`host.${wanted}`) })
}

function textVerdict({ required, when, form }: TextField, value: string, node: EditorNode): Verdict {
  if (isEnvironment(value) || !holds(when, node)) return true
  const entered = value.trim()
  if (!entered) return !isNeeded(required, when, node) || text('reason.missing')
  if (!form || hasForm[form](entered)) return true
  return form === 'time-zone' ? text('reason.timeZone') : text('reason.timePattern')
}

/** An empty field is its default. */
function numberVerdict({ range }: NumberField, value: unknown): Verdict {
  if (isEmpty(value) || isEnvironment(value)) return true
  if (isIn(range, Number(value))) return true
  if (range.above !== undefined) return text('reason.notPositive')
  const ends = { from: range.from ?? '', to: range.to ?? '' }
  return range.isWhole ? text('reason.wholeRange', ends) : text('reason.range', ends)
}

/** A typed input that must not be empty, unless its row is hidden, and may be one of a few words only. */
function typedVerdict(
  { name, required, when, words }: TypedField & { name?: string },
  value: unknown,
  node: EditorNode,
): Verdict {
  const type = node[`${name}Type`]
  if (isNeeded(required, when, node) && type !== 'date' && !value) return text('reason.missing')
  const isWord = !words || type !== 'str' || isEmpty(value) || isEnvironment(value) || words.includes(String(value))
  return isWord || !holds(when, node) || text('reason.word', { words: words.join(', ') })
}

/** A configuration node that only some choices need. */
function configurationVerdict({ required, when }: ConfigurationField, value: unknown, node: EditorNode): Verdict {
  return !isNeeded(required, when, node) || (!!value && value !== '_ADD_') || text('reason.configurationMissing')
}
