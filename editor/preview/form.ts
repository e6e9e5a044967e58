import { type ConfigurationValues, configurationValues, placeOf } from '../choices'
import { tableRows } from '../table'
import type { Kind } from '../table/row'

/** A configuration that a dialog chooses, as the editor has it. */
interface ChosenConfiguration {
  id: string
  type: string
  z: string | undefined
  values: ConfigurationValues
}

/** A node's dialog as it stands, with what it takes to work with it before it is deployed. */
export interface Form {
  id?: string
  z?: string
  g?: string
  /** What *Done* would store. */
  values: Readonly<Record<string, unknown>>
  configurations: readonly ChosenConfiguration[]
}

export function formOf(node: EditorNode): Form {
  const { defaults } = node._def
  const values = Object.fromEntries(Object.keys(defaults).map((name) => [name, fieldValue(node, name)]))
  const configurations = Object.entries(defaults).flatMap(([name, { type }]) => {
    const configuration = type === undefined ? undefined : RED.nodes.node(String(values[name] ?? ''))
    if (!configuration) return []
    const { id, type: own, z } = configuration
    return [{ id, type: own, z, values: configurationValues(configuration) }]
  })
  return { ...placeOf(node), values, configurations }
}

function fieldValue(node: EditorNode, name: string): unknown {
  if ($(`#edgecourier-${name} ol`).length > 0) return tableRows(name as Kind)
  const input = $(`#node-input-${name}`)
  if (input.length === 0) return node[name]
  if (input.is(':checkbox')) return input.prop('checked')
  const value = input.data('noderedTypedInput') === undefined ? input.val() : input.typedInput('value')
  return value === '_ADD_' ? '' : value
}
