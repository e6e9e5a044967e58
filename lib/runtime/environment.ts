import type { Node, NodeAPI } from 'node-red'
import { ConnectorError, say, type TextValue } from '../core'
import { fieldLabel } from './languages'
import type { Variables } from './variables'

/** A node's settings as Node-RED stores them. */
type Stored = Readonly<Record<string, unknown>>

/** `a_${X}`; what JSONata or JSON puts into braces is not a name. */
const variable = /\$\{([^{}\s"':,]{1,200})\}/g
/** What Node-RED itself puts the value in for. */
const wholly = /^\$(?:\{([^{}\s]{1,200})\}|\(([^()\s]{1,200})\))$/

/** What is never evaluated: words for people, and Node-RED's own fields. */
const untouched: ReadonlySet<string> = new Set([
  'id',
  'type',
  'z',
  'g',
  'name',
  'info',
  'icon',
  'label',
  'pickedNames',
  'wires',
  'inputLabels',
  'outputLabels',
])

export interface Resolved {
  values: Stored
  /** Names the first field, and in it the variable, that is not set; its text is left as it is. */
  unset: ConnectorError | undefined
}

/**
 * Settings with the environment's values put in, lists of rows included. Node-RED does it where a setting is wholly
 * `${NAME}`, and leaves the text as it is where the variable is not set; here it is done inside a text, too.
 * @param where what to call the node in an error
 * @param raw the settings before Node-RED put values in: a value that itself holds `${…}` is not looked into again
 * @param labelOf what the dialog calls a field, where that was looked up before
 */
export function withVariables(
  stored: Stored,
  where: TextValue,
  variables: Variables,
  raw: Stored = stored,
  labelOf: (field: string) => TextValue = (field) => fieldLabel(String(stored.type), field),
): Resolved {
  let unset: ConnectorError | undefined
  const entries = Object.entries(stored).map(([field, value]) => {
    if (untouched.has(field) || field.startsWith('_')) return [field, value]
    const replacing = new Replacing(variables)
    const replaced = replacing.in(value, raw[field], stored[`${field}Type`])
    if (replacing.missing !== undefined && typeof value === 'string') {
      unset ??= unsetVariable(where, replacing.missing, labelOf(field))
    }
    return [field, replaced]
  })
  return { values: Object.fromEntries(entries) as Stored, unset }
}

/** @throws ConnectorError `CONFIG_ENV_UNSET` for a text in which a variable was left because it is not set */
export function requireVariables(text: string, where: TextValue, field: TextValue): void {
  if (!text.includes('$')) return
  const [, name] = wholly.exec(text) ?? new RegExp(variable).exec(text) ?? []
  if (name !== undefined) throw unsetVariable(where, name, field)
}

function unsetVariable(where: TextValue, name: string, field: TextValue): ConnectorError {
  return new ConnectorError(
    'CONFIG_ENV_UNSET',
    say`${where}: the environment variable ${name} is not set (field "${field}"). Set it where Node-RED is started, or for the group, the subflow, the tab or globally; or enter the value.`,
  )
}

/** The settings of a node as the flow file has them, and its secrets; looked for only where a text holds a variable. */
export function rawSettings(RED: NodeAPI, node: Node, stored: Stored): Stored {
  if (!JSON.stringify(stored)?.includes('$')) return stored
  const id = (node as { _alias?: string })._alias ?? node.id
  let raw: Stored = stored
  RED.nodes.eachNode((definition) => {
    if (definition.id === id) raw = definition as unknown as Stored
  })
  return { ...raw, ...((RED.nodes.getCredentials(id) ?? {}) as Stored) }
}

/** Puts variables into one setting. */
class Replacing {
  readonly #variables: Variables
  /** The first that is not set. */
  missing: string | undefined

  constructor(variables: Variables) {
    this.#variables = variables
  }

  in(value: unknown, raw: unknown, type: unknown): unknown {
    if (typeof value === 'string') return this.#inText(value, raw, type)
    if (Array.isArray(value)) return value.map((item, at) => this.in(item, membersOf(raw)[at], undefined))
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
    const members = Object.entries(value).map(([name, member]) => [
      name,
      this.in(member, membersOf(raw)[name], (value as Stored)[`${name}Type`]),
    ])
    return Object.fromEntries(members)
  }

  #inText(text: string, raw: unknown, type: unknown): unknown {
    if (!text.includes('$') || (typeof raw === 'string' && raw !== text && wholly.test(raw))) return text
    const whole = wholly.exec(text)
    if (whole) return this.#valueOf(whole[1] ?? whole[2] ?? '') ?? text
    const replaced = text.replace(variable, (placeholder, name: string) => {
      const value = this.#valueOf(name)
      return value === undefined ? placeholder : asText(value, type)
    })
    // Node-RED evaluates such a text by itself; here it is only seen whether it can.
    return type === 'env' ? text : replaced
  }

  #valueOf(name: string): unknown {
    const value = this.#variables(name)
    if (value === undefined) this.missing ??= name
    return value
  }
}

function asText(value: unknown, type: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return type === 'json' ? JSON.stringify(text).slice(1, -1) : text
}

function membersOf(raw: unknown): Readonly<Record<string | number, unknown>> {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {}
}
