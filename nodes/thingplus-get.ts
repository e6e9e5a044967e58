import { type BracketQuery, getChosen, idsOf, type ResourceChoice, type ResourceIds, say, type ThingPlus } from '../lib'
import {
  asObject,
  asOptionalId,
  asOptionalNumber,
  asOptionalText,
  configured,
  fixed,
  flowNode,
  idInput,
  input,
  itemId,
  onlyWhere,
  timeSettings,
} from '../lib/runtime'

const text = (name: string) => input({ type: 'str', value: '', override: name, parse: asOptionalText })

const defaultResource = 'gateways'

/** An id that only some resources need. */
const neededId = (name: keyof ResourceIds, setting = itemId(name, asOptionalId)) =>
  onlyWhere(({ resource }) => idsOf((resource || defaultResource) as ResourceChoice).includes(name), setting)

export = flowNode('thingplus-get', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    resource: fixed<ResourceChoice>(defaultResource),
    gatewayModelId: neededId(
      'gatewayModelId',
      idInput({ type: 'str', value: '', override: 'gatewayModelId', parse: asOptionalId }),
    ),
    gatewayId: neededId('gatewayId'),
    deviceId: neededId('deviceId'),
    sensorId: neededId('sensorId'),
    filter: input({ type: 'json', value: '{}', override: 'filter', parse: asObject }),
    page: input({ type: 'num', value: '', override: 'page', parse: asOptionalNumber }),
    count: input({ type: 'num', value: '', override: 'count', parse: asOptionalNumber }),
    dataStart: text('dataStart'),
    dataEnd: text('dataEnd'),
    interval: text('interval'),
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
