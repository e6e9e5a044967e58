import { ConnectorError, type Json, say } from '../core'
import type { ThingPlusContext } from './context'
import { type ItemKind, kindNames } from './kinds'
import { listOf, readWholeList } from './lists'
import { apiPath } from './path'
import type { BracketQuery, BracketValue } from './query'
import { readSeries, type Series, type SeriesRange } from './series-read'
import {
  type Device,
  type Gateway,
  type GatewayModel,
  readDevice,
  readGateway,
  readGatewayModel,
  readSensor,
  readSite,
  readStatus,
  readUser,
  type Sensor,
  type Site,
  type Status,
  type User,
} from './types'

/** What each resource yields: one item when its id is given, else the list. */
export interface ResourceValues {
  sites: Site[]
  gatewayModels: GatewayModel | GatewayModel[]
  gateways: Gateway | Gateway[]
  devices: Device | Device[]
  sensors: Sensor | Sensor[]
  status: Status
  series: Series
  me: User
}
export type Resource = keyof ResourceValues

/** The ids that lead to a resource; `series` needs gateway and sensor, `status` the gateway or both. */
export interface ResourceIds {
  gatewayModelId?: string | undefined
  gatewayId?: string | undefined
  deviceId?: string | undefined
  sensorId?: string | undefined
}

export interface ResourceOptions {
  /** One page of a list, from 0; every page when left out. */
  page?: number | undefined
  /** Items of a page, up to 4000. */
  count?: number | undefined
  /** Only items whose field has the value, or one of the values: `{ name: 'GW A' }`. */
  filter?: Readonly<Record<string, BracketValue>> | undefined
  range?: SeriesRange | undefined
}

/**
 * Reads a resource into typed items.
 * @throws ConnectorError `INPUT_EMPTY` for a missing id, and what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §5, §8.
 */
export async function getResource<Name extends Resource>(
  context: ThingPlusContext,
  resource: Name,
  ids: ResourceIds = {},
  options: ResourceOptions = {},
  signal?: AbortSignal,
): Promise<ResourceValues[Name]> {
  return (await readers[resource](new Reader(context, options, signal), ids)) as ResourceValues[Name]
}

type Readers = { [Name in Resource]: (reader: Reader, ids: ResourceIds) => Promise<ResourceValues[Name]> }

const readers: Readers = {
  sites: (reader) => reader.list('/sites', readSite),
  gatewayModels: (reader, { gatewayModelId: id }) =>
    id ? reader.item(apiPath`/gatewayModels/${id}`, readGatewayModel) : reader.list('/gatewayModels', readGatewayModel),
  gateways: (reader, { gatewayId: id }) =>
    id ? reader.item(apiPath`/gateways/${id}`, readGateway) : reader.list('/gateways', readGateway),
  devices: async (reader, { gatewayId, deviceId: id }) => {
    const list = apiPath`/gateways/${needed(gatewayId, 'gateway')}/devices`
    return id ? reader.item(list + apiPath`/${id}`, readDevice) : reader.list(list, readDevice)
  },
  sensors: async (reader, { gatewayId, sensorId: id }) => {
    const list = apiPath`/gateways/${needed(gatewayId, 'gateway')}/sensors`
    return id ? reader.item(list + apiPath`/${id}`, readSensor) : reader.list(list, readSensor)
  },
  status: async (reader, { gatewayId, sensorId }) => {
    const gateway = apiPath`/gateways/${needed(gatewayId, 'gateway')}`
    return reader.item(`${gateway}${sensorId ? apiPath`/sensors/${sensorId}` : ''}/status`, readStatus)
  },
  series: async (reader, { gatewayId, sensorId }) =>
    reader.series(needed(gatewayId, 'gateway'), needed(sensorId, 'sensor')),
  me: (reader) => reader.item('/users/me', readUser),
}

class Reader {
  constructor(
    readonly context: ThingPlusContext,
    readonly options: ResourceOptions,
    readonly signal: AbortSignal | undefined,
  ) {}

  async item<Item>(path: string, read: (data: Json | undefined) => Item): Promise<Item> {
    return read((await this.context.client.request('GET', path, { signal: this.signal })).data)
  }

  async list<Item>(path: string, read: (data: Json | undefined) => Item): Promise<Item[]> {
    const { page, count, filter } = this.options
    const query: BracketQuery = { filter }
    if (page === undefined && count === undefined) {
      return (await readWholeList(this.context.client, path, query, this.signal)).map(read)
    }
    const onePage = { query: { ...query, count, page }, signal: this.signal }
    return listOf(await this.context.client.request('GET', path, onePage)).map(read)
  }

  series(gatewayId: string, sensorId: string): Promise<Series> {
    return readSeries(this.context, gatewayId, sensorId, this.options.range, this.signal)
  }
}

function needed(id: string | undefined, kind: ItemKind): string {
  if (!id) throw new ConnectorError('INPUT_EMPTY', say`The id of the ${kindNames[kind]} is missing.`)
  return id
}
