import { createHash } from 'node:crypto'
import type { NodeAPI } from 'node-red'
import { ConnectorError, isJsonObject, type JsonObject, Shared, say } from '../core'
import { idOf, idText, isBlank } from '../message'
import { adminPost } from './admin'
import { withVariables } from './environment'
import { type CredentialForm, formPermission, formValues } from './form-values'
import type { StoredSettings } from './stored-settings'
import { type Place, variablesAt } from './variables'

/** One line of a list that a dialog offers. */
export interface Choice {
  /** What the field takes. */
  value: string
  /** Its name for people; the value again where it has none. */
  label: string
  /** What tells it from others of that name. */
  detail?: string | undefined
  /** Of a device (EnOS): its other names, and its thing model. A product has the model too. */
  assetId?: string | undefined
  productKey?: string | undefined
  deviceKey?: string | undefined
  modelId?: string | undefined
  /** Of a measurement point: `DOUBLE`; of a sensor or a sensor type: `number`, `boolean`, `string` or `object`. */
  dataType?: string | undefined
  /** Of a measurement point, with its SI prefix: `kW`. */
  unit?: string | undefined
  /** Of a measurement point: whether its values carry a quality. */
  hasQuality?: boolean | undefined
  /** Of a sensor: its type, and its device (Thing+). */
  sensorType?: string | undefined
  deviceId?: string | undefined
}

export interface Choices {
  choices: Choice[]
  /** Whether there are more than these. */
  more: boolean
}

/** What a list is narrowed by; each is empty where it is not given. */
export interface ChoiceQuestion {
  /** What was typed. */
  search: string
  /** A field of the same dialog that the list depends on, such as `gatewayId`. */
  outer: (name: string) => string
  signal: AbortSignal
}

/** The lists of one configuration type by the name of their kind: `enos-devices`. */
export type ChoiceLists<Client> = Readonly<
  Record<string, (client: Client, question: ChoiceQuestion) => Promise<Choices>>
>

/** A longer list would not help anybody. */
export const mostChoices = 200

const answerWithinMs = 10_000
/** A person looks at one list after another; each with a login of its own would be slow, and tax the cloud. */
const idleLifeMs = 30_000

/**
 * `POST edgecourier/choices/{kind}`: what a field can be set to, asked of the cloud as a configuration is in the editor,
 * deployed or not. Body `{ id, z?, values, search?, outer?, at? }`: the configuration's id, tab and values as for the
 * connection test, what was typed, the fields that the list depends on, and where their node stands; answers `Choices`, at
 * most 200.
 * @param connect makes the client for these values
 */
export function serveChoices<Client extends { close(): unknown }>(
  RED: NodeAPI,
  type: string,
  form: CredentialForm,
  lists: ChoiceLists<Client>,
  connect: (values: StoredSettings) => Client,
): void {
  const clients = new Shared<Client>(idleLifeMs, (client) => client.close())
  const where = say`The ${type} configuration`
  for (const [kind, list] of Object.entries(lists)) {
    adminPost(RED, `/choices/${kind}`, formPermission, async ({ id, z, values, search, outer, at }) => {
      if (!isJsonObject(values)) throw new ConnectorError('INPUT_INVALID', say`The form sent no values.`)
      const outerValues = outerFields(RED, isJsonObject(outer) ? outer : {}, isJsonObject(at) ? at : {})
      const question: ChoiceQuestion = {
        search: textOf(search),
        outer: (name) => outerId(outerValues[name], name),
        signal: AbortSignal.timeout(answerWithinMs),
      }
      const formed = formValues(RED, { type, id, z }, values, form, where)
      const { thing: client, release } = clients.use(keyOf(formed), () => connect(formed))
      try {
        const { choices, more } = await list(client, question)
        return { choices: choices.slice(0, mostChoices), more: more || choices.length > mostChoices }
      } finally {
        release()
      }
    })
  }
}

/** It holds secrets: only their digest is kept. */
const keyOf = (values: StoredSettings) => createHash('sha256').update(JSON.stringify(values)).digest('hex')

/** The choices that hold each word of what was typed, anywhere. */
export function matching(choices: readonly Choice[], search: string): Choice[] {
  const words = search.toLowerCase().split(/\s+/)
  return choices.filter(({ value, label, detail = '' }) => {
    const text = `${label} ${value} ${detail}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

/** @throws ConnectorError `CONFIG_ENV_UNSET` */
function outerFields(RED: NodeAPI, outer: JsonObject, at: Place): StoredSettings {
  const { values, unset } = withVariables(outer, say`This node`, variablesAt(RED, at))
  if (unset) throw unset
  return values
}

/** A field of the dialog that holds an id; empty where nothing is entered. */
function outerId(value: unknown, name: string): string {
  return isBlank(value) ? '' : idText(idOf(value, name))
}
