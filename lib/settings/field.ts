import type { When } from './conditions'
import type { Range } from './range'

/** What every setting has, whatever its kind. */
interface Common {
  /** In the dialog, beside its label: a name of Font Awesome 4 without `fa-`. */
  icon: string
  /** Where it counts: only there its row is shown, and checked. Everywhere when left out. */
  when?: When
  /** What an empty field shows, in no language. */
  placeholder?: string
  /** What an empty field shows: key of the dialog's own or the shared catalogue. */
  hint?: string
  /** What sheets and files call it besides its name and label, so that a pasted value finds it. */
  alias?: readonly string[]
}

interface Needed {
  /** Whether it must not be empty: wherever it is shown, or only there. */
  required?: boolean | When
}

/** A plain text. */
export interface TextField extends Common, Needed {
  kind: 'text'
  value: string
  /** What it has to be, where not any text will do. */
  form?: 'time-pattern' | 'time-zone'
}

/** A base URL, which says where the configuration's secrets go. */
export interface UrlField extends Common, Needed {
  kind: 'url'
  value: ''
  /** Which of EnOS's hosts it has to name. */
  host?: 'gateway' | 'broker' | 'integration' | 'portal'
  suggestions?: readonly string[]
}

/** One of a few words, each with its label's key in a catalogue. */
export interface ChoiceField<Value extends string = string> extends Common {
  kind: 'choice'
  value: Value
  options: Readonly<Record<Value, string>>
}

/** A tick. */
export interface TickField extends Omit<Common, 'icon'> {
  kind: 'tick'
  value: boolean
}

/** A number in a unit; where the field is empty, the default, or none if that is empty too. */
export interface NumberField<Value extends number | string = number | string> extends Common {
  kind: 'number'
  value: Value
  unit?: 'ms' | 'h' | 'MB'
  range: Range
}

/** Where a typed input may take its value from, besides those that every one has: of the message, a context, JSONata, the environment. */
export type SourceType = 'str' | 'num' | 'json' | 'msg' | 'env' | 'date'

/** A typed input: fixed, of the message, of a context, JSONata or environment. */
export interface TypedField<Word extends string = string> extends Common, Needed {
  kind: 'typed'
  value: string
  /** Offered first, in this order; the first is the default. */
  types: readonly [SourceType, ...SourceType[]]
  /** Message property that beats the dialog; none where left out. */
  override?: string
  /** Message property that is used if the dialog's field is empty. */
  otherwise?: string
  /** Whether it is an id: whatever the message's property holds then counts, `null` too. */
  isId?: boolean
  /** All that it may come to: a choice where it is fixed, each with its label at `word.<word>`, if the catalogue has one. */
  words?: readonly Word[]
  /** What is offered as a choice where it is fixed, of more that it may come to. */
  offered?: readonly string[]
  unit?: 'ms' | 's'
}

/** Another node that is chosen. */
export interface ConfigurationField extends Common, Needed {
  kind: 'configuration'
  type: string
}

/** Rows of an id and where its value comes from. */
export interface TableField extends Omit<Common, 'icon'> {
  kind: 'table'
}

/** What Node-RED keeps encrypted, apart from the flow. */
export interface SecretField extends Common {
  kind: 'secret'
}

export type Field =
  | TextField
  | UrlField
  | ChoiceField
  | TickField
  | NumberField
  | TypedField
  | ConfigurationField
  | TableField
  | SecretField

export type Fields = Readonly<Record<string, Field>>

/** Fields that know what they are stored under. */
export type Named<F extends Fields = Fields> = { readonly [K in keyof F]: F[K] & { readonly name: string } }

type Given<F, Implied extends keyof F> = Omit<F, 'kind' | Implied>

export const text = (value: string, more: Given<TextField, 'value'>): TextField => ({ kind: 'text', value, ...more })
export const url = (more: Given<UrlField, 'value'>): UrlField => ({ kind: 'url', value: '', ...more })
export const tick = (value: boolean): TickField => ({ kind: 'tick', value })
export const number = <Value extends number | string>(
  value: Value,
  range: Range,
  more: Given<NumberField, 'value' | 'range'>,
): NumberField<Value> => ({ kind: 'number', value, range, ...more })
export const configuration = (type: string, more: Given<ConfigurationField, 'type'>): ConfigurationField => ({
  kind: 'configuration',
  type,
  ...more,
})
export const table = (more: Given<TableField, never>): TableField => ({ kind: 'table', ...more })
export const secret = (more: Given<SecretField, never>): SecretField => ({ kind: 'secret', ...more })

/** @param options the words, each with its label's key; `label.` is put before a key without a dot */
export const choice = <Value extends string>(
  value: NoInfer<Value>,
  options: Readonly<Record<Value, string>>,
  more: Given<ChoiceField<Value>, 'value' | 'options'>,
): ChoiceField<Value> => ({ kind: 'choice', value, options, ...more })

export const typed = <const Word extends string = string>(
  types: TypedField['types'],
  value: string,
  more: Given<TypedField, 'types' | 'value' | 'words'> & { words?: readonly Word[] },
): TypedField<Word> => ({ kind: 'typed', types, value, ...more })

/**
 * Gives fields their names. A condition with which the default of another field fits then also holds where that one is not
 * stored, as in a flow of before.
 */
export function named<F extends Fields>(fields: F): Named<F> {
  const withDefaults = (when: When | undefined): When | undefined =>
    when &&
    Object.fromEntries(
      Object.entries(when).map(([name, values]) => {
        const other = fields[name]
        const isDefault = other?.kind === 'choice' && values.includes(other.value)
        return [name, isDefault && !values.includes('') ? [...values, ''] : values]
      }),
    )
  const complete = ([name, field]: [string, Field]) => {
    const { when, required } = field as Common & Needed
    const conditions = {
      ...(when ? { when: withDefaults(when) } : {}),
      ...(typeof required === 'object' ? { required: withDefaults(required) } : {}),
    }
    return [name, { ...field, ...conditions, name }]
  }
  return Object.fromEntries(Object.entries(fields).map(complete)) as Named<F>
}

/** All settings of a type of node, in the order in which its flows hold them. */
export interface NodeSettings<F extends Fields = Fields> {
  readonly type: string
  readonly fields: Named<F>
}

export const settingsOf = <F extends Fields>(type: string, fields: F): NodeSettings<F> => ({
  type,
  fields: named(fields),
})
