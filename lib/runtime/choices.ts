import type { NodeAPI } from 'node-red'
import type { Text } from '../core'
import { adminPost } from './admin'
import type { FormClients, OuterFields } from './form-clients'
import { formPermission } from './form-values'

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
  /** Where there is none: the likely reason, and what to do. */
  why?: Text | undefined
}

/** What a list is narrowed by; each is empty where it is not given. */
export interface ChoiceQuestion {
  /** What was typed. */
  search: string
  /** A field of the same dialog that the list depends on, such as `gatewayId`. */
  outer: OuterFields
  signal: AbortSignal
}

/** The lists of one configuration type by the name of their kind: `enos-devices`. */
export type ChoiceLists<Client> = Readonly<
  Record<string, (client: Client, question: ChoiceQuestion) => Promise<Choices>>
>

/** A longer list would not help anybody. */
export const mostChoices = 200

const answerWithinMs = 10_000

/**
 * `POST edgecourier/choices/{kind}`: what a field can be set to, asked of the cloud as a configuration is in the editor,
 * deployed or not. Body: that of `FormClients.use` with `search?`, what was typed; answers `Choices`, at most 200.
 */
export function serveChoices<Client extends { close(): unknown }>(
  RED: NodeAPI,
  clients: FormClients<Client>,
  lists: ChoiceLists<Client>,
): void {
  for (const [kind, list] of Object.entries(lists)) {
    adminPost(RED, `/choices/${kind}`, formPermission, (body) =>
      clients.use(body, async (client, outer) => {
        const search = typeof body.search === 'string' ? body.search.trim() : ''
        const question = { search, outer, signal: AbortSignal.timeout(answerWithinMs) }
        const { choices, more, why } = await list(client, question)
        const shown = { choices: choices.slice(0, mostChoices), more: more || choices.length > mostChoices }
        return choices.length === 0 && search === '' && why ? { ...shown, why } : shown
      }),
    )
  }
}

/** The choices that hold each word of what was typed, anywhere. */
export function matching(choices: readonly Choice[], search: string): Choice[] {
  const words = search.toLowerCase().split(/\s+/)
  return choices.filter(({ value, label, detail = '' }) => {
    const text = `${label} ${value} ${detail}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
