import type { Node, NodeAPI } from 'node-red'
import { arrivalMs, ConnectorError, isJsonObject, type JsonObject, parseJson, say, type Translate } from '../core'
import { adminPost } from './admin'
import { asConnectorError } from './connector-error'
import { EditedConfigurations } from './edited-configurations'
import { withVariables } from './environment'
import { Expressions } from './expressions'
import { formPermission } from './form-values'
import { lastMessages, type Remembered } from './last-message'
import { clockOf } from './pc-clock'
import { previewOf, rememberedBy } from './preview'
import type { Doing } from './run'
import type { Message, Settings } from './settings'
import { variablesAt } from './variables'

/** A longer sample would not help anybody. */
const mostSampleCharacters = 200_000

/**
 * `POST edgecourier/preview/{type}`: what a node would send with the settings that its dialog shows, deployed or not. Body
 * `{ id, z?, g?, values, configurations, sample? }`: the node's id and place, the dialog's values, the configurations that it
 * chooses as the editor has them (`{ id, type, z, values }`), and a message as text; without a sample it is the last message
 * that came. Answers a `Preview`, or `{ error: { code, message } }` where the node would refuse the message. No secret is in it.
 */
export function servePreview<S extends Settings>(RED: NodeAPI, type: string, doing: Doing<S>): void {
  adminPost(RED, `/preview/${type}`, formPermission, async (body, translate) => {
    const { id, values } = body
    if (!isJsonObject(values)) throw new ConnectorError('INPUT_INVALID', say`The form sent no values.`)
    const configurations = new EditedConfigurations(RED, body.configurations)
    try {
      const isOfSample = typeof body.sample === 'string' && body.sample.trim() !== ''
      const remembered = messageOf(RED, body)
      const { values: stored, unset } = withVariables({ ...values, type }, say`This node`, variablesAt(RED, body))
      const node = (RED.nodes.getNode(String(id)) as Node | null) ?? notDeployed(String(id), type)
      const expressions = new Expressions(RED, node)
      const find = (configuration: string) => configurations.find(configuration)
      const looking = { RED, node, stored, expressions, unset, configurations: find }
      const preview = await previewOf(doing, looking, remembered, translate)
      return isOfSample ? preview : { ...preview, arrivalMs: remembered.arrivalMs }
    } catch (failure) {
      return { error: errorOf(failure, translate) }
    } finally {
      configurations.release()
    }
  })
}

function errorOf(failure: unknown, translate: Translate): object {
  const { code, message, cause: { rejected, rejectedCount } = {} } = asConnectorError(failure, translate)
  return { code, message, ...(rejected ? { rejected, rejectedCount } : {}) }
}

function messageOf(RED: NodeAPI, { id, sample }: JsonObject): Remembered {
  if (typeof sample !== 'string' || sample.trim() === '') return rememberedBy(lastMessages(RED).get(String(id)))
  return { msg: sampleMessage(sample), arrivalMs: arrivalMs(clockOf(RED)) }
}

/**
 * A message as a person types it: JSON of a whole message, which has a payload, or of its payload; any other text is the
 * payload itself.
 * @throws ConnectorError `INPUT_TOO_LARGE`
 */
export function sampleMessage(text: string): Message {
  if (text.length > mostSampleCharacters) {
    throw new ConnectorError(
      'INPUT_TOO_LARGE',
      say`The sample has ${text.length} characters; a preview takes at most ${mostSampleCharacters}. Shorten it.`,
    )
  }
  const given = parseJson(text) ?? text.trim()
  const msg = isJsonObject(given) && Object.hasOwn(given, 'payload') ? given : { payload: given }
  return msg as unknown as Message
}

/** What a node that is not there yet has of one: no context. */
function notDeployed(id: string, type: string): Node {
  const context = () => {
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      say`A node has a context only once it is deployed. Deploy it, then look again.`,
    )
  }
  return { id, type, context } as unknown as Node
}
