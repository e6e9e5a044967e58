import { isFields } from '../checked-input'
import type { ThingPlusOptions } from './options'
import { anyObject, type Check, either, integer, listOf, object, oneOf, text } from './schema'

/*
 * The strict schemas of the request bodies: an unknown key is refused everywhere.
 * Source: docs/protocol/thingplus.md §2.3, §6.2, §6.3, §6.4, §7.1, §7.3.
 */

type Dialect = Required<ThingPlusOptions>['dialect']

const id = text({ min: 1 })
const yesNo = oneOf('y', 'n')
const time = either(integer(), text())
const reportInterval = integer({ min: 60_000, max: 604_800_000 })
const stored = { id: text(), ctime: time, mtime: time }

const gatewayFields = {
  location: anyObject,
  autoCreateDiscoverable: yesNo,
  virtual: yesNo,
  delegate: yesNo,
  delegateInfo: anyObject,
  customFields: anyObject,
  deviceModels: listOf(object({ model: text() }, { id: text() })),
}

const sensorFields = {
  name: text(),
  type: text(),
  network: text(),
  driverName: text(),
  model: text(),
  category: oneOf('sensor', 'actuator'),
  sequence: text(),
  deviceId: text(),
  address: text(),
  virtual: yesNo,
  delegate: yesNo,
  delegateInfo: anyObject,
  options: object({}, { notification: text() }),
  owner: text(),
}

/** Body of `POST …/devices`. */
export const newDevice = object({ reqId: id, name: text(), model: text() }, { address: text() })

/** Body of `POST …/sensors`. */
export const newSensor = object({ reqId: id }, sensorFields)

/** Body of `PUT /gateways/:id`: the item as it was read, changed. */
export const changedGateway = object(
  {},
  {
    ...gatewayFields,
    ...stored,
    name: id,
    desc: id,
    mobile: id,
    model: id,
    tree: text(),
    _site: text(),
    _service: text(),
    reportInterval: either(reportInterval, text({ pattern: /^\d{5,9}$/ })),
    status: either(text(), anyObject),
    devices: listOf(either(text(), anyObject)),
    sensors: listOf(either(text(), anyObject)),
  },
)

export const changedDevice = object({}, { ...stored, name: text(), model: text(), address: text(), owner: text() })

export const changedSensor = object(
  {},
  { ...sensorFields, ...stored, status: either(text(), anyObject), series: either(text(), anyObject) },
)

/** Body of `POST /registerGateway`; the id is `reqId`, before July 2017 `id`. */
export function newGateway(dialect: Dialect): Check {
  const params = object(
    { siteId: id, model: text(), name: text() },
    { ...gatewayFields, reportInterval, devices: listOf(newDevice), sensors: listOf(newSensor) },
  )
  const keys = { any: 'both', 'april-2017': 'old', 'may-2017': 'old', current: 'new' } as const
  return oneKeyOf('reqId', 'id', keys[dialect], (key) => object({ [key]: id, params }))
}

/** Body of `PUT …/status`; the lifetime in seconds is `validDuration`, in April 2017 `timeout`. */
export function newStatus(dialect: Dialect): Check {
  const value = oneOf('on', 'off', 'err')
  const keys = { any: 'both', 'april-2017': 'old', 'may-2017': 'new', current: 'new' } as const
  return oneKeyOf('validDuration', 'timeout', keys[dialect], (key) => object({ value, [key]: integer({ min: 0 }) }))
}

/** Body of `PUT …/series`: one value or a list of them. In April 2017 a value was a text only. */
export function newValues(dialect: Dialect): Check {
  const entry = object({
    value: dialect === 'april-2017' ? text() : either(text(), anyObject),
    time: integer({ min: 0 }),
  })
  const list = listOf(entry, { min: 1 })
  return (value, at) => (Array.isArray(value) ? list(value, at) : entry(value, at))
}

/** A body with one of two names for the same thing; with both of them, one is an unknown key. */
function oneKeyOf(current: string, old: string, taken: 'new' | 'old' | 'both', body: (key: string) => Check): Check {
  const [newBody, oldBody] = [body(current), body(old)]
  if (taken === 'new') return newBody
  if (taken === 'old') return oldBody
  return (value, at) => (isFields(value) && Object.hasOwn(value, old) ? oldBody : newBody)(value, at)
}
