import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red'
import { ConnectorError, say, type TextValue } from '../core'
import {
  type ChoiceField,
  type ConfigurationField,
  type Field,
  holds,
  type TextField,
  type TickField,
  type TypedField,
} from '../settings'
import { type Choosing, type Configurations, requiredClient } from './chosen'
import type { Expressions } from './expressions'
import { labelsOf } from './languages'
import { asOneOf } from './parse'
import type { Previewing } from './previewing'
import type { StatusBadge } from './status'
import type { StoredSettings } from './stored-settings'

export type Message = NodeMessageInFlow & Record<string, unknown>

export interface Evaluation {
  RED: NodeAPI
  node: Node
  stored: StoredSettings
  msg: Message
  expressions: Expressions
  /** What the dialog calls a field. */
  labelOf: (field: string) => TextValue
  configurations?: Configurations | undefined
  /** Where nothing is sent: it is only looked what would be. */
  previewing?: Previewing | undefined
}

/** What a setting may use when its node is made, before any message. */
export interface Opening {
  RED: NodeAPI
  node: Node
  stored: StoredSettings
  badge: StatusBadge
  /** Shows what went wrong on the node until its lane has figures to show, and tells Catch nodes. */
  failed: (failure: unknown) => void
}

/** One row of a node's dialog: how it becomes a value for each message. */
export interface Setting<T> {
  evaluate(evaluation: Evaluation): T | Promise<T>
  /** For what goes on without messages; returns how to end it. */
  open?(opening: Opening): (() => void) | undefined
}
export type Settings = Readonly<Record<string, Setting<unknown>>>
export type Evaluated<S extends Settings> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/**
 * Evaluates every setting for a message, at once where none has to wait. Order for each: the message's own property, the
 * dialog, the default.
 * @param unset thrown instead, where a setting names a variable that is not set
 */
export function settingsEvaluator<S extends Settings>(
  settings: S,
  {
    RED,
    node,
    stored,
    expressions,
    unset,
    configurations,
    previewing,
  }: Omit<Evaluation, 'msg' | 'labelOf'> & {
    unset?: ConnectorError | undefined
  },
): (msg: Message) => Evaluated<S> | Promise<Evaluated<S>> {
  const rows = Object.entries(settings)
  const labelOf = labelsOf(RED, node.type)
  const evaluateFrom = (first: number, msg: Message, values: Record<string, unknown>): unknown => {
    for (let at = first; at < rows.length; at++) {
      const [name, setting] = rows[at] as (typeof rows)[number]
      const value = setting.evaluate({ RED, node, stored, msg, expressions, labelOf, configurations, previewing })
      if (value instanceof Promise)
        return value.then((known: unknown) => evaluateFrom(at + 1, msg, Object.assign(values, { [name]: known })))
      values[name] = value
    }
    return values
  }
  return (msg) => {
    if (unset) throw unset
    return evaluateFrom(0, msg, {}) as Evaluated<S> | Promise<Evaluated<S>>
  }
}

/** Fields of a dialog that hold one value for every message. */
type Fixed<Word extends string> = (ChoiceField<Word> | TickField) & { name: string }

/**
 * A setting that is chosen in the dialog and holds for every message.
 * @throws ConnectorError `CONFIG_INVALID` at evaluation, for a word that is not offered
 */
export function fixed<Word extends string>(field: ChoiceField<Word> & { name: string }): Setting<Word>
export function fixed(field: TickField & { name: string }): Setting<boolean>
export function fixed<Word extends string>(field: Fixed<Word>): Setting<Word | boolean> {
  if (field.kind === 'choice') return { evaluate: (evaluation) => chosenWord(field, evaluation) }
  return {
    evaluate({ stored }) {
      const value = stored[field.name]
      return value === undefined || value === '' ? field.value : value === true || value === 'true'
    },
  }
}

/**
 * Which of its words a field has; the default where it is not stored.
 * @throws ConnectorError `CONFIG_INVALID`
 */
export function chosenWord<Word extends string>(
  { name, value: usual, options }: ChoiceField<Word> & { name: string },
  { RED, stored }: Choosing,
): Word {
  const word = stored[name] || usual
  if (typeof word === 'string' && Object.hasOwn(options, word)) return word as Word
  const label = labelsOf(RED, String(stored.type))(name)
  throw new ConnectorError('CONFIG_INVALID', say`${label} is not one of ${Object.keys(options).join(', ')}.`)
}

/** The client of the configuration node that the field chooses. */
export function configured<Client>({ name, type }: ConfigurationField & { name: string }): Setting<Client> {
  return { evaluate: (evaluation) => requiredClient(evaluation, name, type) }
}

/** Where a setting of a dialog takes a value from in a message. */
export type InputType = 'str' | 'num' | 'bool' | 'json' | 'msg' | 'flow' | 'global' | 'jsonata' | 'env' | 'date' | 'bin'

/** Gives an evaluated value its type, `undefined` what is left empty; throws what the user shall read. */
export type Parse<T> = (value: unknown, name: TextValue) => T

/**
 * A typed input: fixed, of the message, of a context, JSONata or environment; or a text that is always fixed. Of an id
 * whatever the message's property holds counts; only a missing property leaves it to the dialog.
 */
export function input<T>(field: (TypedField | TextField) & { name: string }, parse: Parse<T>): Setting<T> {
  const { name, value } = field
  const isTyped = field.kind === 'typed'
  const type = isTyped ? field.types[0] : 'str'
  const { override, otherwise, isId: nullCounts = false }: Partial<TypedField> = isTyped ? field : {}
  return {
    evaluate(evaluation) {
      const { stored, msg } = evaluation
      const label = evaluation.labelOf(name)
      const overriding = override === undefined ? undefined : msg[override]
      if (overriding !== undefined && (overriding !== null || nullCounts)) return parse(overriding, `msg.${override}`)
      const storedValue = stored[name] ?? value
      const storedType = (stored[`${name}Type`] ?? type) as InputType
      // An empty field is no value, though Node-RED would turn it into 0 for a number; an empty date is the present time.
      if (storedValue === '' && storedType !== 'date')
        return otherwise === undefined ? parse(undefined, label) : parse(msg[otherwise], `msg.${otherwise}`)
      const evaluated = evaluateTypedInput(evaluation, storedValue, storedType, label)
      const parsed = (result: unknown) => parse(result, storedType === 'msg' ? `msg.${storedValue}` : label)
      return evaluated instanceof Promise ? evaluated.then(parsed) : parsed(evaluated)
    },
  }
}

/** As `input`, of a field whose words are all that it may come to. */
export function wordInput<Word extends string>(field: TypedField<Word> & { name: string }): Setting<Word> {
  return input(field, asOneOf(...(field.words ?? [])))
}

/** What only a message says, in this property. */
export function ofMessage<T>(property: string, parse: Parse<T>): Setting<T> {
  return { evaluate: ({ msg }) => parse(msg[property] ?? undefined, `msg.${property}`) }
}

/** A setting that counts only where its row is shown; `undefined` elsewhere, whatever the message holds. */
export function whereShown<T>({ when }: Field, setting: Setting<T>): Setting<T | undefined> {
  return { evaluate: (evaluation) => (holds(when, evaluation.stored) ? setting.evaluate(evaluation) : undefined) }
}

/**
 * What a typed input stands for in a message.
 * @param name what to call it in an error
 * @throws ConnectorError `CONFIG_INVALID` where it cannot be evaluated
 */
export function evaluateTypedInput(
  { RED, node, msg, expressions }: Evaluation,
  value: unknown,
  type: InputType,
  name: TextValue,
): unknown | Promise<unknown> {
  const text = String(value ?? '')
  if (type === 'str') return text
  if (!takesTime.has(type)) {
    try {
      return RED.util.evaluateNodeProperty(text, type, node, msg)
    } catch (failure) {
      throw unfit(failure, name)
    }
  }
  return new Promise((resolve, reject) => {
    const settle = (failure: Error | null, result: unknown) =>
      failure ? reject(unfit(failure, name)) : resolve(result)
    try {
      if (type === 'jsonata') expressions.evaluate(text, msg, settle)
      else RED.util.evaluateNodeProperty(text, type, node, msg, settle)
    } catch (failure) {
      reject(unfit(failure, name))
    }
  })
}

/** A context may lie in a file or elsewhere. */
const takesTime: ReadonlySet<InputType> = new Set(['flow', 'global', 'jsonata'])

function unfit(failure: unknown, name: TextValue): ConnectorError {
  if (failure instanceof ConnectorError)
    return new ConnectorError(failure.code, say`The field "${name}" cannot be evaluated: ${failure.text}`)
  const told = failure instanceof Error ? failure.message : (failure as { message?: unknown } | undefined)?.message
  return new ConnectorError('CONFIG_INVALID', say`The field "${name}" cannot be evaluated: ${String(told ?? failure)}`)
}
