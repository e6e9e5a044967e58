import type { NodeAPI } from 'node-red'
import { ConnectorError, say, type TextValue } from '../core'
import type { ConfigurationNode } from './configuration'
import { labelsOf } from './languages'

/** A node's settings, and where the configurations are that they choose. */
export interface Choosing {
  RED: NodeAPI
  stored: Readonly<Record<string, unknown>>
  /** Where configurations are looked up; those that are deployed, where it is left out. */
  configurations?: Configurations | undefined
}

export type Configurations = (id: string) => Pick<ConfigurationNode<unknown>, 'type' | 'client'> | undefined

/**
 * The client of the configuration that a field chooses; `undefined` where it is empty, or the configuration is disabled or
 * deleted.
 * @throws ConnectorError `CONFIG_INVALID` for a configuration of another type
 */
export function clientIfThere<Client>(choosing: Choosing, field: string, type: string): Client | undefined {
  return configurationIfThere(choosing, field, type)?.client() as Client | undefined
}

function configurationIfThere({ RED, stored, configurations }: Choosing, field: string, type: string) {
  const id = stored[field]
  if (typeof id !== 'string' || !id) return undefined
  const node = configurations ? configurations(id) : (RED.nodes.getNode(id) as ConfigurationNode<unknown> | null)
  if (!node) return undefined
  if (node.type !== type) throw wrongType(node, labelsOf(RED, String(stored.type))(field), type)
  return node
}

/**
 * As `clientIfThere`, for a field that may be left empty, where doing without is another thing than what was chosen.
 * @throws ConnectorError `CONFIG_INCOMPLETE` where the field chooses a configuration that is disabled or deleted
 */
export function clientIfChosen<Client>(choosing: Choosing, field: string, type: string): Client | undefined {
  return choosing.stored[field] ? requiredClient(choosing, field, type) : undefined
}

/** As `clientIfThere`. @throws ConnectorError `CONFIG_INCOMPLETE` where there is none */
export function requiredClient<Client>(choosing: Choosing, field: string, type: string): Client {
  return requiredConfiguration(choosing, field, type).client() as Client
}

function requiredConfiguration(choosing: Choosing, field: string, type: string) {
  const node = configurationIfThere(choosing, field, type)
  if (node) return node
  throw new ConnectorError(
    'CONFIG_INCOMPLETE',
    say`No ${type} configuration is chosen, or it is disabled. Open the node and choose or add one.`,
  )
}

/** As `clientIfChosen`, without making a client: whether the field chooses a configuration. */
export function isChosen(choosing: Choosing, field: string, type: string): boolean {
  return Boolean(choosing.stored[field] && requiredConfiguration(choosing, field, type))
}

/** Whether one of the configurations that a node chooses takes any certificate. */
export function skipsCertificates({ RED, stored }: Choosing): boolean {
  return Object.values(stored).some((id) => {
    const node =
      typeof id === 'string' && id ? (RED.nodes.getNode(id) as Partial<ConfigurationNode<unknown>> | null) : null
    return node?.skipsCertificates === true
  })
}

/** `CONFIG_INVALID`: a flow that was made elsewhere may have anything behind a field. */
export function wrongType(node: { type: string }, field: TextValue, type: string): ConnectorError {
  return new ConnectorError(
    'CONFIG_INVALID',
    say`The field "${field}" needs a configuration of the type "${type}", but has one of the type "${String(node.type).slice(0, 60)}". Choose another one there.`,
  )
}
