import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red'
import { ConnectorError, say, type TextValue } from '../core'
import { requiredClient } from './chosen'
import type { Expressions } from './expressions'
import { labelsOf } from './languages'
import type { StatusBadge } from './status'
import type { StoredSettings } from './stored-settings'

export type Message = NodeMessageInFlow & Record<string, unknown>

export interface Evaluation {
  RED: NodeAPI
  node: Node
  stored: StoredSettings
  name: string
  msg: Message
  expressions: Expressions
  /** What the dialog calls a field. */
  labelOf: (field: string) => TextValue
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
  }: Omit<Evaluation, 'name' | 'msg' | 'labelOf'> & {
    unset?: ConnectorError | undefined
  },
): (msg: Message) => Evaluated<S> | Promise<Evaluated<S>> {
  const rows = Object.entries(settings)
  const labelOf = labelsOf(RED, node.type)
  const evaluateFrom = (first: number, msg: Message, values: Record<string, unknown>): unknown => {
    for (let at = first; at < rows.length; at++) {
      const [name, setting] = rows[at] as (typeof rows)[number]
      const value = setting.evaluate({ RED, node, stored, name, msg, expressions, labelOf })
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

/** A setting that is chosen in the dialog and holds for every message. */
export function fixed<T extends string | number | boolean>(defaultValue: T): Setting<T> {
  return {
    evaluate({ stored, name }) {
      const value = stored[name]
      if (value === undefined || value === '') return defaultValue
      if (typeof defaultValue === 'number') return Number(value) as T
      return (typeof defaultValue === 'boolean' ? value === true || value === 'true' : value) as T
    },
  }
}

/** The client of the configuration node that the setting chooses. */
export function configured<Client>(type: string): Setting<Client> {
  return { evaluate: (evaluation) => requiredClient(evaluation, evaluation.name, type) }
}

export type InputType = 'str' | 'num' | 'bool' | 'json' | 'msg' | 'flow' | 'global' | 'jsonata' | 'env' | 'date' | 'bin'

export interface InputOptions<T> {
  type: InputType
  value: string
  /** What the dialog stores it under, where that is not the setting's own name. */
  stored?: string
  /** Message property that beats the dialog; none where left out. */
  override?: string
  /** Message property that is used if the dialog's field is empty. */
  otherwise?: string
  /** Whether `null` in the message's property is the value itself, rather than leaving it to the dialog. */
  nullCounts?: boolean
  /** Gives the evaluated value its type, `undefined` what is left empty; throws what the user shall read. */
  parse: (value: unknown, name: TextValue) => T
}

/** A typed input: fixed, of the message, of a context, JSONata or environment. */
export function input<T>(options: InputOptions<T>): Setting<T> {
  const { type, value, stored: storedName, override, otherwise, nullCounts = false, parse } = options
  return {
    evaluate(evaluation) {
      const { stored, msg } = evaluation
      const name = storedName ?? evaluation.name
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

/** An id: whatever the message's property holds counts; only a missing property leaves it to the dialog. */
export function idInput<T>(options: InputOptions<T>): Setting<T> {
  return input({ ...options, nullCounts: true })
}

/** The id of a gateway, device or sensor: entered, or else what an earlier node left in the message under this name. */
export function itemId<T>(name: string, parse: InputOptions<T>['parse']): Setting<T> {
  return idInput({ type: 'msg', value: name, otherwise: name, parse })
}

/** A setting that only some of a node's other settings ask for; `undefined` for the rest, whatever the message holds. */
export function onlyWhere<T>(
  isAskedFor: (stored: StoredSettings) => boolean,
  setting: Setting<T>,
): Setting<T | undefined> {
  return { evaluate: (evaluation) => (isAskedFor(evaluation.stored) ? setting.evaluate(evaluation) : undefined) }
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
  const told = failure instanceof Error ? failure.message : (failure as { message?: unknown } | undefined)?.message
  return new ConnectorError('CONFIG_INVALID', say`The field "${name}" cannot be evaluated: ${String(told ?? failure)}`)
}
