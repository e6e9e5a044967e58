import type { Fields } from '../checked-input'
import type { SimulatedReply } from '../cloud'
import { findSite } from './access'
import { newGateway } from './bodies'
import {
  checked,
  created,
  type ErrorEntry,
  partlyCreated,
  Refused,
  refuse,
  refuseForeign,
  refuseInput,
  refuseTaken,
  refuseUnknown,
} from './envelope'
import { gatewayModels, idProblem, openApiModelId } from './gateway-models'
import { checkPlan } from './quota'
import { type Call, type Route, route } from './router'
import { writeGateways } from './scopes'
import { deviceView, gatewayView, sensorView } from './views'
import {
  addDevice,
  addGateway,
  addSensor,
  type Device,
  defaultReportIntervalMs,
  type Gateway,
  type Sensor,
  type World,
} from './world'

/**
 * `POST /registerGateway`: a gateway, if wanted with devices and sensors. Checks in this order: schema, site, model,
 * an id already taken, plan. A child that cannot be made makes it a 207; docs/protocol/thingplus.md §6.2.
 */
export function registrationRoutes(world: World): Route[] {
  const schema = newGateway(world.options.dialect)
  return [
    route('POST', '/registerGateway', writeGateways, (call) => {
      const { id, reqId, params } = checked(call.body, schema) as { id?: string; reqId?: string; params: Fields }
      return register(world, call, reqId ?? id ?? '', params)
    }),
  ]
}

function register(world: World, call: Call, id: string, params: Fields): SimulatedReply {
  const { siteId, reportInterval, devices, sensors, ...fields } = params
  const site = findSite(world, call, String(siteId))
  const model = gatewayModels.get(String(fields['model'])) ?? refuseUnknown(`gateway model ${fields['model']}`)
  const known = world.gateways.get(id)
  if (known) return known.service === call.user.service ? refuseTaken(`gateway ${id}`) : refuseForeign(`gateway ${id}`)
  const problem = idProblem(model, id, world.options.idWithoutFormat)
  if (world.options.checkIdFormat && problem) return refuse(400, 'SCHEMA_VALIDATE', problem)
  checkPlan(world, site.id, 'gateways')

  const gateway = addGateway(world, {
    id,
    site: site.id,
    service: site.service,
    fields,
    reportIntervalMs: Number(reportInterval ?? model.reportInterval ?? defaultReportIntervalMs),
    ctimeMs: call.nowMs,
    mtimeMs: call.nowMs,
  })
  const errors: ErrorEntry[] = []
  const made = <T>(bodies: unknown, make: (body: Fields) => T): T[] =>
    ((bodies ?? []) as Fields[]).flatMap((body) => {
      try {
        return [make(body)]
      } catch (error) {
        errors.push(...entriesOf(error))
        return []
      }
    })
  const madeDevices = made(devices, (body) => deviceView(createDevice(world, call, gateway, body), 'created'))
  const madeSensors = made(sensors, (body) => sensorView(createSensor(world, call, gateway, body), 'created'))
  const view = {
    ...gatewayView(gateway, 'created'),
    ...(reportInterval !== undefined && { reportInterval }),
    ...(devices !== undefined && { devices: madeDevices }),
    ...(sensors !== undefined && { sensors: madeSensors }),
  }
  return errors.length === 0 ? created(view) : partlyCreated(view, errors)
}

/** Makes a device of a checked body; 409 when the id is taken, by whomever. */
export function createDevice(world: World, { nowMs }: Call, gateway: Gateway, body: Fields): Device {
  const { reqId, ...fields } = body
  const id = String(reqId)
  if (world.devices.has(id)) return refuseTaken(`device ${id}`)
  if (world.options.checkReferences && !deviceModels(gateway).includes(String(fields['model']))) {
    return refuseUnknown(`device model ${fields['model']}`)
  }
  const device = { id, owner: gateway.id, fields, ctimeMs: nowMs, mtimeMs: nowMs }
  addDevice(world, device)
  return device
}

/** Makes a sensor of a checked body; 409 when the id is taken, by whomever; 471 when the plan allows no more. */
export function createSensor(world: World, { nowMs }: Call, gateway: Gateway, body: Fields): Sensor {
  const { reqId, owner: _ignored, ...fields } = body
  const id = String(reqId)
  if (world.sensors.has(id)) return refuseTaken(`sensor ${id}`)
  checkPlan(world, gateway.site, 'sensors')
  if (fields['category'] === 'actuator' && gateway.fields['model'] === openApiModelId) {
    return refuseInput('an Open API gateway takes no actuators')
  }
  if (world.options.checkReferences && world.devices.get(String(fields['deviceId']))?.owner !== gateway.id) {
    return refuseUnknown(`device ${fields['deviceId']}`)
  }
  const sensor = {
    id,
    owner: gateway.id,
    fields,
    usableMs: nowMs + world.options.sensorDelayMs,
    ctimeMs: nowMs,
    mtimeMs: nowMs,
  }
  addSensor(world, sensor)
  return sensor
}

function deviceModels(gateway: Gateway): string[] {
  return gatewayModels.get(String(gateway.fields['model']))?.deviceModels.map(({ id }) => id) ?? []
}

function entriesOf(error: unknown): ErrorEntry[] {
  if (!(error instanceof Refused)) throw error
  return (error.reply.body as { errors: ErrorEntry[] }).errors
}
