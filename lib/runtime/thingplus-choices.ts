import { ConnectorError, say, type Text } from '../core'
import { type GatewayModel, publishedSensorKind, type ThingPlus } from '../thingplus'
import { type Choice, type ChoiceLists, type ChoiceQuestion, type Choices, matching } from './choices'

/** The Open API gateway, which registrations over HTTPS use. Source: docs/protocol/thingplus.md §5.3. */
const openApiModelId = '52'

/**
 * - `thingplus-sites`, `thingplus-gateway-models`, `thingplus-gateways`
 * - `thingplus-devices`: of the gateway `gatewayId`
 * - `thingplus-sensors`: of the gateway `gatewayId`, only those of the device `deviceId` where one is given
 * - `thingplus-device-models`, `thingplus-sensor-types`: of the gateway model `gatewayModelId`, else of the gateway
 *   `gatewayId`, else of model 52; sensor types of the device `deviceId` only, where one is given
 */
export const thingplusChoices: ChoiceLists<ThingPlus> = {
  'thingplus-sites': async (client, { search, signal }) =>
    found(
      (await client.get('sites', {}, {}, signal)).map(({ id, name }) => ({ value: id, label: name || id })),
      search,
    ),
  'thingplus-gateway-models': async (client, { search, signal }) =>
    found(
      listOf(await client.get('gatewayModels', {}, {}, signal)).map(({ id, name, vendor }) => ({
        value: id,
        label: name || id,
        detail: vendor,
      })),
      search,
    ),
  'thingplus-gateways': async (client, { search, signal }) =>
    found(
      listOf(await client.get('gateways', {}, {}, signal)).map(({ id, name }) => ({ value: id, label: name || id })),
      search,
      say`The user sees no gateway. Register one by a "Thing+ register gateway" node, or ask in the portal for a site that has one.`,
    ),
  'thingplus-devices': async (client, { search, outer, signal }) =>
    found(
      listOf(await client.get('devices', { gatewayId: neededGateway(outer) }, {}, signal)).map(
        ({ id, name, model }) => ({ value: id, label: name || id, detail: model }),
      ),
      search,
    ),
  'thingplus-sensors': async (client, { search, outer, signal }) => {
    const sensors = listOf(await client.get('sensors', { gatewayId: neededGateway(outer) }, {}, signal))
    const wanted = outer('deviceId')
    const choices = sensors
      .filter(({ deviceId }) => !wanted || deviceId === wanted)
      .map(({ id, name, type, deviceId }): Choice => {
        const dataType = publishedSensorKind(type)?.kind
        return { value: id, label: name || id, detail: type, sensorType: type, deviceId, dataType }
      })
    return found(
      choices,
      search,
      say`The gateway has no sensors. Register some by "Thing+ register sensor" nodes, or choose another gateway.`,
    )
  },
  'thingplus-device-models': async (client, question) => {
    const { deviceModels } = await wantedModel(client, question)
    return found(
      deviceModels.map(({ id, name }) => ({ value: id, label: name })),
      question.search,
    )
  },
  'thingplus-sensor-types': async (client, question) => {
    const model = await wantedModel(client, question)
    return found(sensorTypes(model, await deviceModelOf(client, model, question)), question.search)
  },
}

function found(choices: readonly Choice[], search: string, why?: Text): Choices {
  return { choices: matching(choices, search), more: false, why }
}

function sensorTypes({ deviceModels }: GatewayModel, deviceModelId: string | undefined): Choice[] {
  const types = new Map<string, Choice>()
  for (const { id, name, sensors } of deviceModels) {
    if (deviceModelId !== undefined && id !== deviceModelId) continue
    for (const { type, category } of sensors) {
      if (category !== 'sensor' || types.has(type)) continue
      const dataType = publishedSensorKind(type)?.kind
      types.set(type, { value: type, label: type, detail: [dataType, name].filter(Boolean).join(' · '), dataType })
    }
  }
  return [...types.values()].sort((one, other) => one.value.localeCompare(other.value))
}

async function wantedModel(client: ThingPlus, { outer, signal }: ChoiceQuestion): Promise<GatewayModel> {
  const gatewayId = outer('gatewayId')
  const [gateway] = gatewayId ? listOf(await client.get('gateways', { gatewayId }, {}, signal)) : []
  const gatewayModelId = outer('gatewayModelId') || gateway?.model || openApiModelId
  const [model] = listOf(await client.get('gatewayModels', { gatewayModelId }, {}, signal))
  if (model) return model
  throw new ConnectorError('NOT_FOUND', say`There is no gateway model ${gatewayModelId}.`)
}

/** Only a gateway model with several device models has to know which one the device is of. */
async function deviceModelOf(
  client: ThingPlus,
  { deviceModels }: GatewayModel,
  { outer, signal }: ChoiceQuestion,
): Promise<string | undefined> {
  const [gatewayId, deviceId] = [outer('gatewayId'), outer('deviceId')]
  if (!gatewayId || !deviceId || deviceModels.length < 2) return undefined
  const [device] = listOf(await client.get('devices', { gatewayId, deviceId }, {}, signal))
  return device?.model
}

function neededGateway(outer: ChoiceQuestion['outer']): string {
  const gatewayId = outer('gatewayId')
  if (gatewayId) return gatewayId
  throw new ConnectorError(
    'CONFIG_INCOMPLETE',
    say`To get the list, choose the gateway first: enter its id as text, or pick it.`,
  )
}

function listOf<Item>(items: Item | Item[]): Item[] {
  return Array.isArray(items) ? items : [items]
}
