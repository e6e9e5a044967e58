import { ConnectorError, say } from '../core'
import { editDistance } from '../message'
import type { GatewayModel, SensorModel } from './types'

const longestName = 100

/**
 * The sensor model behind a type name, looked up in the gateway model.
 * @param type type name as in the model's list: `temperature`, `onoff` …; capitals don't matter
 * @param deviceModel id of the device model, where the gateway model has several
 * @throws ConnectorError `INPUT_INVALID`: unknown type (with the known names, closest first), or an actuator
 */
export function chooseSensorModel(gatewayModel: GatewayModel, type: string, deviceModel?: string): SensorModel {
  const entries = gatewayModel.deviceModels
    .filter(({ id }) => deviceModel === undefined || id === deviceModel)
    .flatMap(({ sensors }) => sensors)
  // A name is short; to compare a megabyte with every known name would hold up Node-RED for a minute.
  const wanted = type.trim().slice(0, longestName)
  const named =
    firstNonEmpty([
      entries.filter((entry) => entry.type === wanted),
      entries.filter((entry) => entry.type.toLowerCase() === wanted.toLowerCase()),
    ]) ?? []
  const [sensor] = named.filter(({ category }) => category === 'sensor')
  if (sensor) return sensor
  if (named.length || knownActuators.has(wanted)) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`"${wanted}" is an actuator. The Thing+ cloud doesn't link actuators over HTTPS: it has no way to send them commands.`,
    )
  }
  const names = [...new Set(entries.filter(({ category }) => category === 'sensor').map((entry) => entry.type))]
  throw new ConnectorError(
    'INPUT_INVALID',
    say`"${wanted.slice(0, longestWanted)}" is not a sensor type of gateway model ${gatewayModel.id}. It has: ${closestFirst(names, wanted).join(', ')}.`,
  )
}

/** Actuators of the platform that the Open API gateway's list leaves out. Source: docs/protocol/thingplus.md §9. */
const knownActuators = new Set([
  'led',
  'lcd',
  'powerSwitch',
  'buzzer',
  'rgbLed',
  'camera',
  'stringActuator',
  'powerController',
  'temperatureController',
  'electricFan',
  'airConditioner',
])

function firstNonEmpty<Element>(lists: Element[][]): Element[] | undefined {
  return lists.find((list) => list.length > 0)
}

/** No type has a longer name. */
const longestWanted = 64

/** The names by how many letters have to change to make them the wanted one. */
export function closestFirst(names: readonly string[], wanted: string): string[] {
  const cut = wanted.slice(0, longestWanted).toLowerCase()
  const distances = new Map(names.map((name) => [name, editDistance(name.slice(0, longestWanted).toLowerCase(), cut)]))
  return [...names].sort((one, other) => (distances.get(one) ?? 0) - (distances.get(other) ?? 0))
}
