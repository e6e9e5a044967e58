import { createHash } from 'node:crypto'
import type { NodeAPI } from 'node-red'
import { ConnectorError, isJsonObject, type JsonObject, Shared, say, type Use } from '../core'
import { idOf, idText, isBlank } from '../message'
import { withVariables } from './environment'
import { type CredentialForm, formValues } from './form-values'
import type { StoredSettings } from './stored-settings'
import { type Place, variablesAt } from './variables'

/** A field of the dialog as an id; empty where nothing is entered. */
export type OuterFields = (name: string) => string

/** A person looks at one list after another; each with a login of its own would be slow, and tax the cloud. */
const idleLifeMs = 30_000

/** Clients of configurations as the editor has them, deployed or not, for what dialogs ask of a cloud. */
export class FormClients<Client extends { close(): unknown }> {
  readonly #RED: NodeAPI
  readonly #type: string
  readonly #form: CredentialForm
  readonly #connect: (values: StoredSettings) => Client
  readonly #clients = new Shared<Client>(idleLifeMs, (client) => client.close())

  /** @param connect makes the client for these values */
  constructor(RED: NodeAPI, type: string, form: CredentialForm, connect: (values: StoredSettings) => Client) {
    this.#RED = RED
    this.#type = type
    this.#form = form
    this.#connect = connect
  }

  /**
   * @param body `{ id, z?, values, outer?, at? }`: the configuration's id, tab and values as for the connection test, the
   *   fields of the dialog that asks, and where their node stands
   * @throws ConnectorError as `formValues`; `CONFIG_INVALID`
   */
  async use<Answer>(body: JsonObject, work: (client: Client, outer: OuterFields) => Promise<Answer>): Promise<Answer> {
    const { id, z, values, outer, at } = body
    if (!isJsonObject(values)) throw new ConnectorError('INPUT_INVALID', say`The form sent no values.`)
    const fields = outerFields(this.#RED, isJsonObject(outer) ? outer : {}, isJsonObject(at) ? at : {})
    const where = say`The ${this.#type} configuration`
    const formed = formValues(this.#RED, { type: this.#type, id, z }, values, this.#form, where)
    const { thing: client, release } = this.held(formed)
    try {
      return await work(client, (name) => outerId(fields[name], name))
    } finally {
      release()
    }
  }

  /**
   * The client for these values, which all who ask for the same share.
   * @param values as `formValues` gives them
   */
  held(values: StoredSettings, connect: (values: StoredSettings) => Client = this.#connect): Use<Client> {
    return this.#clients.use(keyOf(values), () => connect(values))
  }
}

/** It holds secrets: only their digest is kept. */
const keyOf = (values: StoredSettings) => createHash('sha256').update(JSON.stringify(values)).digest('hex')

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
