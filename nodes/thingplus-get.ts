import { type BracketQuery, getChosen, type ResourceChoice, say, type ThingPlus } from '../lib'
import { asObject, asOptionalNumber, asOptionalText, configured, fixed, flowNode, input, itemId } from '../lib/runtime'

const text = (name: string) => input({ type: 'str', value: '', override: name, parse: asOptionalText })

export = flowNode('thingplus-get', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    resource: fixed<ResourceChoice>('gateways'),
    gatewayModelId: text('gatewayModelId'),
    gatewayId: itemId('gatewayId', asOptionalText),
    deviceId: itemId('deviceId', asOptionalText),
    sensorId: itemId('sensorId', asOptionalText),
    filter: input({ type: 'json', value: '{}', override: 'filter', parse: asObject }),
    page: input({ type: 'num', value: '', override: 'page', parse: asOptionalNumber }),
    count: input({ type: 'num', value: '', override: 'count', parse: asOptionalNumber }),
    dataStart: text('dataStart'),
    dataEnd: text('dataEnd'),
    interval: text('interval'),
  },
  run: async ({ client, resource, filter, page, count, dataStart, dataEnd, interval, ...ids }, { signal }) => {
    const range = { dataStart, dataEnd, interval, ...(interval === '0' ? { count } : {}) }
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
