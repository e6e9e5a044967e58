import { ConnectorError, say } from '../core'
import { idPath } from '../message'
import { adoptOrCreate, foreignId, type Registered, takenLimitMs } from './adoption'
import type { ThingPlusContext } from './context'
import {
  type ChildDevice,
  checkNewChildren,
  failedChildren,
  type PlannedDevice,
  planChildren,
  type RegisteredChildren,
  settledChildren,
} from './gateway-children'
import { gatewayIdOf, idToAdopt, makeId } from './identifiers'
import { readWholeList } from './lists'
import { appearing, lookUpByName, settled } from './look-up'
import { apiPath } from './path'
import { isForeign, isRefusal } from './refusal'
import { nameOf } from './registration'
import { type Gateway, readGateway, readSite } from './types'

export interface GatewayRegistration {
  /** Made when left out; then a gateway of that name in that site is adopted. */
  id?: string | undefined
  /** The account's only site when left out. */
  siteId?: string | undefined
  name: string
  /** Id of the gateway model; `52`, the Open API gateway, when left out. */
  model?: string | undefined
  /** 60,000 to 604,800,000; the model's own when left out. */
  reportIntervalMs?: number | undefined
  location?: { longitude: number; latitude: number; address: string } | undefined
  /** Devices and their sensors, made in the same request. */
  devices?: readonly ChildDevice[] | undefined
}

export interface RegisteredGateway extends Registered<Gateway>, RegisteredChildren {}

/** The Open API gateway, the one made for HTTPS. */
const openApiGateway = '52'

/**
 * Registers a gateway, with its devices and sensors if given, or adopts what is there: running it twice registers
 * nothing twice.
 * @throws ConnectorError `CONFLICT` for an id of somebody else, or a gateway that is there with another model or site;
 * `PARTIAL_FAILURE` naming the children that failed (the gateway itself is registered then); `BILLING_LIMIT`;
 * `INPUT_EMPTY`, `INPUT_INVALID`; and what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §6.2.
 */
export async function registerGateway(
  context: ThingPlusContext,
  request: GatewayRegistration,
  signal?: AbortSignal,
): Promise<RegisteredGateway> {
  const name = nameOf(request.name, 'gateway')
  const siteId = request.siteId?.trim() || (await onlySite(context, signal))
  return context.turns.take(`gateway ${request.id ? idPath(request.id) : idPath(siteId, name)}`, async () => {
    const model = await context.catalogue.gatewayModel(request.model?.trim() || openApiGateway, signal)
    const givenId = request.id ? idToAdopt(request.id, (text) => gatewayIdOf(text, model.idFormat)) : undefined
    const id = givenId ?? makeId(context.random)
    const path = apiPath`/gateways/${id}`
    const children = planChildren(context.random, request.devices ?? [], model)
    const isInSite = (gateway: Gateway) => gateway.siteId === siteId
    const registered = await adoptOrCreate<Gateway>({
      kind: 'gateway',
      id,
      find: () =>
        givenId
          ? ownGateway(context, id, signal)
          : lookUpByName(context, '/gateways', name, readGateway, isInSite, signal),
      findTaken: () => appearing(context, path, readGateway, signal, takenLimitMs),
      expected: { model: model.id, siteId },
      create: async () => {
        if (givenId) gatewayIdOf(givenId, model.idFormat)
        checkNewChildren(children)
        const body = gatewayBody(context, id, { ...request, siteId, name, model: model.id }, children)
        const answer = await context.client.exchange('POST', '/registerGateway', { body, signal })
        if (answer.statusCode === 207) throw await failedChildren(context, id, answer, children, signal)
        context.client.requireSuccess(answer, 'POST', '/registerGateway', id)
        return settled(context, path, readGateway, signal)
      },
    })
    context.catalogue.forgetGateway(registered.item.id)
    return { ...registered, ...(await settledChildren(context, registered, children, signal)) }
  })
}

/** @throws ConnectorError `INPUT_EMPTY` where there is a choice; it names the sites */
async function onlySite({ client }: ThingPlusContext, signal: AbortSignal | undefined): Promise<string> {
  const sites = (await readWholeList(client, '/sites', {}, signal)).map(readSite)
  const [only, ...others] = sites
  if (only && others.length === 0) return only.id
  const list = sites.map(({ id, name }) => `${id} (${name})`).join(', ')
  throw new ConnectorError(
    'INPUT_EMPTY',
    say`The gateway needs the id of its site. Sites of the account: ${list || say`none`}.`,
  )
}

/** @throws ConnectorError `CONFLICT` for a gateway of somebody else */
async function ownGateway(
  { client }: ThingPlusContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Gateway | undefined> {
  try {
    return readGateway((await client.request('GET', apiPath`/gateways/${id}`, { signal })).data)
  } catch (failure) {
    if (isRefusal(failure, 'NOT_FOUND')) return undefined
    throw isForeign(failure) ? foreignId('gateway', id, failure) : failure
  }
}

function gatewayBody(
  { dialect }: ThingPlusContext,
  id: string,
  { siteId, model, name, reportIntervalMs, location }: GatewayRegistration & { siteId: string },
  children: readonly PlannedDevice[],
): object {
  const reportInterval = reportIntervalMs === undefined ? undefined : reportIntervalOf(reportIntervalMs)
  const sensors = children.flatMap((device) => device.sensors.map((sensor) => sensor.body))
  return {
    [dialect.gatewayIdKey]: id,
    params: {
      siteId,
      model,
      name,
      ...(reportInterval === undefined ? {} : { reportInterval }),
      ...(location
        ? { location: { longitude: location.longitude, latitude: location.latitude, address: location.address } }
        : {}),
      ...(children.length ? { devices: children.map((device) => device.body) } : {}),
      ...(sensors.length ? { sensors } : {}),
    },
  }
}

function reportIntervalOf(reportIntervalMs: number): number {
  if (!Number.isInteger(reportIntervalMs) || reportIntervalMs < 60_000 || reportIntervalMs > 604_800_000) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`A report interval of ${reportIntervalMs} ms is not allowed: whole milliseconds from 60000 (a minute) to 604800000 (a week).`,
    )
  }
  return reportIntervalMs
}
