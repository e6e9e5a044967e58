import { type BracketQuery, getChosen, say, type ThingPlus } from '../lib'
import {
  asObject,
  asOptionalId,
  asOptionalNumber,
  asOptionalText,
  configured,
  fixed,
  flowNode,
  input,
  timeSettings,
  whereShown,
} from '../lib/runtime'
import type { TypedField } from '../lib/settings'
import { settings } from './settings/thingplus-get'

const { fields } = settings

/** An id that only some resources need. */
const neededId = (field: TypedField & { name: string }) => whereShown(field, input(field, asOptionalId))

export = flowNode('thingplus-get', {
  settings: {
    client: configured<ThingPlus>(fields.client),
    resource: fixed(fields.resource),
    gatewayModelId: neededId(fields.gatewayModelId),
    gatewayId: neededId(fields.gatewayId),
    deviceId: neededId(fields.deviceId),
    sensorId: neededId(fields.sensorId),
    filter: input(fields.filter, asObject),
    page: input(fields.page, asOptionalNumber),
    count: input(fields.count, asOptionalNumber),
    dataStart: input(fields.dataStart, asOptionalText),
    dataEnd: input(fields.dataEnd, asOptionalText),
    interval: input(fields.interval, asOptionalText),
    times: timeSettings(),
  },
  run: async ({ client, resource, filter, page, count, dataStart, dataEnd, interval, times, ...ids }, { signal }) => {
    const range = { dataStart, dataEnd, interval, times, ...(interval === '0' ? { count } : {}) }
    const payload = await getChosen(
      client,
      resource,
      ids,
      { filter: filter as BracketQuery, page, count, range },
      signal,
    )
    const summary = Array.isArray(payload) ? say`${payload.length} found` : undefined
    return { set: { payload, statusCode: 200 }, summary }
  },
})
