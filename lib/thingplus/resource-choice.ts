import { ConnectorError, say, type Text } from '../core'
import type { Id } from '../message'
import type { IdsAsGiven } from './given-ids'
import type { Resource, ResourceIds, ResourceOptions } from './resources'
import type { ThingPlus } from './thingplus'

/** What a user can ask for, lists and single items apart, and the ids that lead to each. */
const choices = {
  sites: { resource: 'sites', ids: [] },
  gatewayModels: { resource: 'gatewayModels', ids: [] },
  gatewayModel: { resource: 'gatewayModels', ids: ['gatewayModelId'] },
  gateways: { resource: 'gateways', ids: [] },
  gateway: { resource: 'gateways', ids: ['gatewayId'] },
  devices: { resource: 'devices', ids: ['gatewayId'] },
  device: { resource: 'devices', ids: ['gatewayId', 'deviceId'] },
  sensors: { resource: 'sensors', ids: ['gatewayId'] },
  sensor: { resource: 'sensors', ids: ['gatewayId', 'sensorId'] },
  gatewayStatus: { resource: 'status', ids: ['gatewayId'] },
  sensorStatus: { resource: 'status', ids: ['gatewayId', 'sensorId'] },
  series: { resource: 'series', ids: ['gatewayId', 'sensorId'] },
  me: { resource: 'me', ids: [] },
} as const satisfies Record<string, { resource: Resource; ids: readonly (keyof ResourceIds)[] }>

export type ResourceChoice = keyof typeof choices

/** Which ids lead to what can be asked for; the others may lie about in a message, whatever they are. */
export function idsOf(choice: ResourceChoice): readonly (keyof ResourceIds)[] {
  return choices[choice]?.ids ?? []
}

/**
 * Reads what was asked for. Ids that it does not need are ignored, so that they may lie about in a message.
 * @throws ConnectorError `INPUT_EMPTY` for an id that is missing, `CONFIG_INVALID` for what cannot be asked for
 */
export async function getChosen(
  thingplus: ThingPlus,
  choice: ResourceChoice,
  ids: IdsAsGiven<ResourceIds>,
  options: ResourceOptions,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!Object.hasOwn(choices, choice)) {
    throw new ConnectorError('CONFIG_INVALID', say`${'resource'} is not one of ${Object.keys(choices).join(', ')}.`)
  }
  const { resource, ids: needed } = choices[choice]
  const given = Object.fromEntries(needed.map((name: keyof ResourceIds) => [name, requireId(ids[name], name)]))
  return thingplus.get(resource, given, options, signal)
}

/** As the dialogs call them. */
const idLabels: Readonly<Record<keyof ResourceIds, Text>> = {
  gatewayModelId: say`Model id`,
  gatewayId: say`Gateway id`,
  deviceId: say`Device id`,
  sensorId: say`Sensor id`,
}

function requireId(id: Id | undefined, name: keyof ResourceIds): Id {
  if (id !== undefined) return id
  throw new ConnectorError(
    'INPUT_EMPTY',
    say`${idLabels[name]} is missing. Enter it in the node or send it as msg.${name}.`,
  )
}
