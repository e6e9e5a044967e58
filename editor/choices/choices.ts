import { ask } from '../shared/ask'
import { text } from '../shared/texts'

const storedSecret = '__PWRD__'
const answerWithinMs = 12_000

/** Something that a field can be set to. */
export interface Choice {
  value: string
  label: string
  detail?: string
  /** Of a measurement point: `DOUBLE`, `kW`. Of a sensor: `number`, `boolean`, `string`, `object`. */
  dataType?: string
  unit?: string
  hasQuality?: boolean
  sensorType?: string
  deviceId?: string
  /** Of a device of EnOS. */
  assetId?: string
  productKey?: string
  deviceKey?: string
  modelId?: string
}

/** At most 200 choices, and whether there are others; why there is none. */
export interface Found {
  choices: readonly Choice[]
  more: boolean
  why?: string
}

/**
 * Names of lists, with what each depends on:
 * `enos-products`, `enos-models`; `enos-devices` (productKey?);
 * `enos-measurepoints`, `enos-events` (modelId, or assetId, or productKey and deviceKey);
 * `thingplus-sites`, `thingplus-gateway-models`, `thingplus-gateways`; `thingplus-devices` (gatewayId);
 * `thingplus-sensors` (gatewayId, deviceId?); `thingplus-device-models` (gatewayModelId? or gatewayId?);
 * `thingplus-sensor-types` (as device models, and deviceId?)
 */
export type ChoiceList =
  | 'enos-products'
  | 'enos-models'
  | 'enos-devices'
  | 'enos-measurepoints'
  | 'enos-events'
  | 'thingplus-sites'
  | 'thingplus-gateway-models'
  | 'thingplus-gateways'
  | 'thingplus-devices'
  | 'thingplus-sensors'
  | 'thingplus-device-models'
  | 'thingplus-sensor-types'

/** Where a node stands: the server looks for variables from there. */
export type Place = Partial<Pick<EditorNode, 'id' | 'z' | 'g'>>

export interface ListRequest {
  /** Id, or ids, of enos-app or thingplus-client configurations; what several answer is joined. */
  configurations: string | readonly string[]
  /** What the list depends on, by name; `${ENV}` is put in by the server. */
  outer?: Readonly<Record<string, string | undefined>>
  /** Whose fields these are. */
  at?: Place
}

export type ConfigurationValues = Readonly<Record<string, unknown>>

/** As the form would send them: a secret that the editor doesn't have stays on the server. */
export function configurationValues(configuration: EditorNode): ConfigurationValues {
  const { defaults, credentials: secrets = {} } = configuration._def
  const known = configuration.credentials ?? {}
  const secretOf = (name: string) => known[name] ?? (known[`has_${name}`] === false ? '' : storedSecret)
  return Object.fromEntries([
    // The names that it shows are no setting.
    ...Object.keys(defaults).flatMap((name) => (name === 'pickedNames' ? [] : [[name, configuration[name]] as const])),
    ...Object.keys(secrets).map((name) => [name, secretOf(name)] as const),
  ])
}

async function askOne(
  list: ChoiceList,
  id: string,
  { outer = {}, at = {} }: ListRequest,
  search: string,
): Promise<Found> {
  const configuration = RED.nodes.node(id)
  if (!configuration) throw new Error(text('choices.noConfiguration'))
  return ask<Found>({
    url: `edgecourier/choices/${list}`,
    data: { id, z: configuration.z, values: configurationValues(configuration), search, outer, at },
    timeoutMs: answerWithinMs,
    noAnswer: text('choices.noAnswer'),
  })
}

/**
 * Asks the cloud what a field can be set to, with configurations as the editor has them, deployed or not.
 * @param search words that each choice holds; all choices when left out
 * @throws Error whose message says what to do
 */
export async function choices(list: ChoiceList, request: ListRequest & { search?: string }): Promise<Found> {
  const { configurations, search = '' } = request
  const asked = [configurations].flat().filter(Boolean)
  const answers = await Promise.allSettled(asked.map((id) => askOne(list, id, request, search)))
  const good = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (good.length === 0) {
    const first = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
    throw first?.reason ?? new Error(text('choices.noConfiguration'))
  }
  const why = good.find((answer) => answer.why)?.why
  return {
    choices: good.flatMap((answer) => answer.choices),
    more: good.some(({ more }) => more),
    ...(why === undefined ? {} : { why }),
  }
}
