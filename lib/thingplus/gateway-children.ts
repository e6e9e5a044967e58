import { ConnectorError, isObjectList, type JsonObject, joined, say, type TextValue } from '../core'
import { type Id, idText, lostZerosText, optionalIdOf, withSentence } from '../message'
import type { Registered } from './adoption'
import type { Answer } from './answer'
import type { ThingPlusContext } from './context'
import { textOf } from './fields'
import { idToAdopt, itemIdOf, makeId, type RandomBytes } from './identifiers'
import type { ItemKind } from './kinds'
import { readWholeList } from './lists'
import { settled } from './look-up'
import { apiPath } from './path'
import { chooseDeviceModel, deviceBody, nameOf, registerDevice, registerSensor, sensorBody } from './registration'
import { chooseSensorModel } from './sensor-types'
import { forEachLimited } from './turns'
import { type Device, type Gateway, type GatewayModel, readDevice, readSensor, type Sensor } from './types'

export interface ChildDevice {
  id?: Id | undefined
  name: string
  model?: Id | undefined
  sensors?: readonly ChildSensor[] | undefined
}

export interface ChildSensor {
  id?: Id | undefined
  name: string
  type: string
}

export interface RegisteredChildren {
  devices: Device[]
  sensors: Sensor[]
}

interface PlannedSensor {
  id: string
  name: string
  type: string
  /** As it came in. */
  givenId: Id | undefined
  body: object
}

export interface PlannedDevice {
  id: string
  name: string
  model: string
  /** As it came in. */
  givenId: Id | undefined
  body: object
  sensors: PlannedSensor[]
}

/** The children with all that is needed to send them: ids made, models chosen; pure but for the random ids. */
export function planChildren(
  random: RandomBytes,
  devices: readonly ChildDevice[],
  gatewayModel: GatewayModel,
): PlannedDevice[] {
  return devices.map((device, index) => {
    const row = `devices[${index}]`
    const givenId = optionalIdOf(device.id, `${row}.id`)
    const id = idOrNew(givenId, 'device', random)
    const name = nameOf(givenText(device.name, 'devices[].name') ?? '', 'device')
    const model = chooseDeviceModel(gatewayModel, optionalIdOf(device.model, `${row}.model`))
    const sensors = sensorsOf(device).map((sensor, sensorIndex) => {
      const givenSensorId = optionalIdOf(sensor.id, `${row}.sensors[${sensorIndex}].id`)
      const sensorId = idOrNew(givenSensorId, 'sensor', random)
      const sensorName = nameOf(givenText(sensor.name, 'sensors[].name') ?? '', 'sensor')
      const type = givenText(sensor.type, 'sensors[].type') ?? ''
      const body = sensorBody(sensorId, sensorName, id, chooseSensorModel(gatewayModel, type, model))
      return { id: sensorId, name: sensorName, type, givenId: givenSensorId, body }
    })
    return { id, name, model, givenId, body: deviceBody(id, { name, model }), sensors }
  })
}

function idOrNew(given: Id | undefined, kind: ItemKind, random: RandomBytes): string {
  return given === undefined ? makeId(random) : idToAdopt(idText(given), (text) => itemIdOf(text, kind))
}

/** The ids that the children came with, good or bad, which the cloud may not know. */
export function childIds(devices: readonly ChildDevice[] = []): (Id | undefined)[] {
  return devices.flatMap(({ id, sensors }) => [
    id,
    ...(Array.isArray(sensors) ? (sensors as readonly ChildSensor[]).map((sensor) => sensor?.id) : []),
  ])
}

/** A message's own list: its fields may be anything. */
function givenText(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new ConnectorError('INPUT_INVALID', say`The ${what} is not a text.`)
}

function sensorsOf({ sensors }: ChildDevice): readonly ChildSensor[] {
  const list: unknown = sensors ?? []
  if (isObjectList(list)) return list as unknown as readonly ChildSensor[]
  throw new ConnectorError('INPUT_INVALID', say`The sensors of a device are not a list of objects.`)
}

/** @throws ConnectorError `INPUT_INVALID` for an id that no child can be made with */
export function checkNewChildren(children: readonly PlannedDevice[]): void {
  for (const { id, sensors } of children) {
    itemIdOf(id, 'device')
    for (const sensor of sensors) itemIdOf(sensor.id, 'sensor')
  }
}

/** Of a gateway just made, its children as the cloud shows them; of one that was there, each child adopted or made. */
export async function settledChildren(
  context: ThingPlusContext,
  { item: gateway, created }: Registered<Gateway>,
  children: readonly PlannedDevice[],
  signal: AbortSignal | undefined,
): Promise<RegisteredChildren> {
  const devices: Device[] = []
  const sensors: Sensor[] = []
  for (const child of children) {
    const device = created
      ? await settled(context, apiPath`/gateways/${gateway.id}/devices/${child.id}`, readDevice, signal)
      : (
          await registerDevice(
            context,
            gateway.id,
            { ...child, id: child.givenId === undefined ? undefined : child.id },
            signal,
          )
        ).item
    devices.push(device)
    const onDevice = await forEachLimited(child.sensors, 8, async (sensor) => {
      if (created) return settled(context, apiPath`/gateways/${gateway.id}/sensors/${sensor.id}`, readSensor, signal)
      const { name, type } = sensor
      const id = sensor.givenId === undefined ? undefined : sensor.id
      return (await registerSensor(context, gateway.id, { id, name, type, deviceId: device.id }, signal)).item
    })
    sensors.push(...onDevice)
  }
  return { devices, sensors }
}

/** The error for a 207: the gateway is made, some children are not. Which ones, the cloud is asked. */
export async function failedChildren(
  context: ThingPlusContext,
  gatewayId: string,
  answer: Answer,
  children: readonly PlannedDevice[],
  signal: AbortSignal | undefined,
): Promise<ConnectorError> {
  const lists = [apiPath`/gateways/${gatewayId}/devices`, apiPath`/gateways/${gatewayId}/sensors`]
  const [devices, sensors] = await Promise.all(lists.map((path) => idsOf(context, path, signal)))
  const missing = children.flatMap((device) => [
    ...(devices?.has(device.id) ? [] : [{ ...device, kind: 'device' } as const]),
    ...device.sensors.filter(({ id }) => !sensors?.has(id)).map((sensor) => ({ ...sensor, kind: 'sensor' }) as const),
  ])
  const failed = missing.map(({ kind, id, name }) =>
    kind === 'device' ? say`device "${name}" (${id})` : say`sensor "${name}" (${id})`,
  )
  const reasons = answer.problems.map(reasonOf)
  const error = new ConnectorError(
    'PARTIAL_FAILURE',
    say`The gateway ${gatewayId} is registered, but not all of its children are. Failed: ${failed.length > 0 ? joined(failed) : say`see the reason`}. The cloud says: ${reasons.length > 0 ? joined(reasons, '; ') : (answer.message ?? say`nothing more`)}. Correct them and register again: what is already there is adopted.`,
    { statusCode: answer.statusCode, cloudCode: answer.cloudCode },
  )
  const numbers = missing.map(({ givenId }) => givenId)
  return withSentence(error, lostZerosText(numbers))
}

async function idsOf(
  { client }: ThingPlusContext,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const items = await readWholeList(client, path, {}, signal)
  return new Set(items.map((item) => readDevice(item).id))
}

function reasonOf(problem: JsonObject): TextValue {
  return [textOf(problem['code']), textOf(problem['message'])].filter(Boolean).join(' ') || say`an error without a code`
}
