import { ConnectorError, say } from '../core'
import { type Id, idPath, idText, lostZerosText, optionalIdOf, withSentence } from '../message'
import { adoptOrCreate, type Registered, takenLimitMs } from './adoption'
import type { ThingPlusContext } from './context'
import { idToAdopt, itemIdOf, makeId } from './identifiers'
import { type ItemKind, kindNames } from './kinds'
import { appearing, lookUp, lookUpByName, settled } from './look-up'
import { apiPath } from './path'
import { chooseSensorModel } from './sensor-types'
import { seriesPath } from './series-request'
import { type Device, type GatewayModel, readDevice, readSensor, type Sensor, type SensorModel } from './types'

export interface DeviceRegistration {
  /** Made when left out; then a device of that name is adopted. */
  id?: string | undefined
  name: string
  /** Id of the device model; the gateway model's only one when left out. */
  model?: Id | undefined
  address?: string | undefined
}

export interface SensorRegistration {
  /** Made when left out; then a sensor of that name on that device is adopted. */
  id?: string | undefined
  name: string
  /** Name of the sensor type: `temperature`. Model and driver are looked up in the gateway model. */
  type: string
  deviceId: string
}

/**
 * Registers a device, or adopts the one that is there: running it twice registers nothing twice.
 * @throws ConnectorError `CONFLICT` for an id of somebody else, or a device that is there with another model;
 * `INPUT_EMPTY`, `INPUT_INVALID`; and what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §6.3.
 */
export async function registerDevice(
  context: ThingPlusContext,
  gatewayId: string,
  request: DeviceRegistration,
  signal?: AbortSignal,
): Promise<Registered<Device>> {
  const name = nameOf(request.name, 'device')
  const givenId = request.id ? idToAdopt(request.id, (text) => itemIdOf(text, 'device')) : undefined
  return context.turns.take(`device ${idPath(gatewayId, givenId ?? name)}`, async () => {
    const gateway = await context.catalogue.gateway(gatewayId, signal)
    const model = chooseDeviceModel(await context.catalogue.gatewayModel(gateway.model, signal), request.model)
    const id = givenId ?? makeId(context.random)
    const list = apiPath`/gateways/${gatewayId}/devices`
    const path = apiPath`/gateways/${gatewayId}/devices/${id}`
    return adoptOrCreate({
      kind: 'device',
      id,
      find: () =>
        givenId
          ? lookUp(context, path, readDevice, signal)
          : lookUpByName(context, list, name, readDevice, () => true, signal),
      findTaken: () => appearing(context, path, readDevice, signal, takenLimitMs),
      expected: { model },
      create: async () => {
        await context.client.request('POST', list, {
          body: deviceBody(itemIdOf(id, 'device'), { ...request, name, model }),
          itemId: id,
          signal,
        })
        return settled(context, path, readDevice, signal)
      },
    })
  })
}

/**
 * Registers a sensor, or adopts the one that is there: running it twice registers nothing twice.
 * @throws ConnectorError `CONFLICT` for an id of somebody else, or a sensor that is there with another type or device;
 * `INPUT_INVALID` for an unknown type or an actuator; `INPUT_EMPTY`; and what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §6.4.
 */
export async function registerSensor(
  context: ThingPlusContext,
  gatewayId: string,
  request: SensorRegistration,
  signal?: AbortSignal,
): Promise<Registered<Sensor>> {
  const name = nameOf(request.name, 'sensor')
  const deviceId = idToAdopt(request.deviceId, (text) => itemIdOf(text, 'device'))
  const givenId = request.id ? idToAdopt(request.id, (text) => itemIdOf(text, 'sensor')) : undefined
  return context.turns.take(
    `sensor ${givenId ? idPath(gatewayId, givenId) : idPath(gatewayId, deviceId, name)}`,
    async () => {
      const sensorModel = await sensorModelOf(context, gatewayId, deviceId, request.type, signal)
      const id = givenId ?? makeId(context.random)
      const list = apiPath`/gateways/${gatewayId}/sensors`
      const path = apiPath`/gateways/${gatewayId}/sensors/${id}`
      const isOnDevice = (sensor: Sensor) => sensor.deviceId === deviceId
      context.catalogue.forgetSensor(gatewayId, id)
      context.newcomers.registered(seriesPath(gatewayId, id))
      return adoptOrCreate({
        kind: 'sensor',
        id,
        find: () =>
          givenId
            ? lookUp(context, path, readSensor, signal)
            : lookUpByName(context, list, name, readSensor, isOnDevice, signal),
        findTaken: () => appearing(context, path, readSensor, signal, takenLimitMs),
        expected: { type: sensorModel.type, deviceId },
        create: async () => {
          await context.client.request('POST', list, {
            body: sensorBody(itemIdOf(id, 'sensor'), name, deviceId, sensorModel),
            itemId: id,
            signal,
          })
          return settled(context, path, readSensor, signal)
        },
      })
    },
  )
}

/** @throws ConnectorError `INPUT_EMPTY` */
export function nameOf(name: string, kind: ItemKind): string {
  const trimmed = name.trim()
  if (!trimmed) throw new ConnectorError('INPUT_EMPTY', say`The ${kindNames[kind]} needs a name.`)
  return trimmed
}

/**
 * The device model that is asked for, or the gateway model's only one.
 * @throws ConnectorError `INPUT_INVALID` for a model that is not listed, or none where several are
 */
export function chooseDeviceModel({ id, deviceModels }: GatewayModel, given: Id | undefined): string {
  const names = deviceModels.map((deviceModel) => deviceModel.id)
  const model = optionalIdOf(given, 'model')
  const chosen = model !== undefined ? idText(model) : names.length === 1 ? names[0] : undefined
  if (chosen !== undefined && (names.includes(chosen) || names.length === 0)) return chosen
  const choice = names.join(', ') || say`none known`
  const text =
    chosen === undefined
      ? say`No device model is given. Choose one of: ${choice}.`
      : say`"${chosen}" is not a device model of gateway model ${id}. Choose one of: ${choice}.`
  throw withSentence(new ConnectorError('INPUT_INVALID', text), lostZerosText([model]))
}

async function sensorModelOf(
  { client, catalogue }: ThingPlusContext,
  gatewayId: string,
  deviceId: string,
  type: string,
  signal: AbortSignal | undefined,
): Promise<SensorModel> {
  const gateway = await catalogue.gateway(gatewayId, signal)
  const gatewayModel = await catalogue.gatewayModel(gateway.model, signal)
  if (gatewayModel.deviceModels.length < 2) return chooseSensorModel(gatewayModel, type)
  const device = await client.request('GET', apiPath`/gateways/${gatewayId}/devices/${deviceId}`, { signal })
  return chooseSensorModel(gatewayModel, type, readDevice(device.data).model)
}

export function deviceBody(id: string, { name, model, address }: DeviceRegistration): object {
  return { reqId: id, name, model, ...(address ? { address } : {}) }
}

export function sensorBody(id: string, name: string, deviceId: string, sensorModel: SensorModel): object {
  const { type, driverName, model, category } = sensorModel
  return { reqId: id, name, type, driverName, model, category, deviceId }
}
