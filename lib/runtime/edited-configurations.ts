import type { NodeAPI } from 'node-red'
import { ConnectorError, isJsonObject, say, type Use } from '../core'
import type { ConfigurationNode } from './configuration'
import type { FormClients } from './form-clients'
import { type CredentialForm, formValues, storedSecret } from './form-values'
import { runtimeState } from './runtime-state'
import type { StoredSettings } from './stored-settings'

/** A configuration as the editor has it, deployed or not. */
export interface EditedConfiguration {
  type: string
  id: string
  z: unknown
  /** As for the connection test. */
  values: StoredSettings
}

type ClientOfEditor = (edited: EditedConfiguration) => Use<unknown>

/** How each type of configuration becomes a client. */
function clientsOfEditor(RED: NodeAPI): Map<string, ClientOfEditor> {
  return runtimeState(RED, 'clients of the editor', () => new Map<string, ClientOfEditor>())
}

/**
 * Has dialogs of nodes use configurations of a type as the editor has them.
 * @param usual its settings that are no secrets, by their defaults
 * @param connect makes a client for the values of a form
 */
export function offerToDialogs<Client extends { close(): unknown }>(
  RED: NodeAPI,
  type: string,
  form: CredentialForm,
  usual: StoredSettings,
  clients: FormClients<Client>,
  connect: (values: StoredSettings, noSecret?: ConnectorError) => Client,
): void {
  clientsOfEditor(RED).set(type, (edited) => {
    const deployed = deployedAsEdited<Client>(RED, edited, form, usual)
    if (deployed) return { thing: deployed.client(), release: () => undefined }
    const { values, noSecret } = valuesOf(RED, edited, form)
    return clients.held(values, () => connect(values, noSecret))
  })
}

/** The configurations that a dialog has sent, each a client when it is first asked for one. */
export class EditedConfigurations {
  readonly #RED: NodeAPI
  readonly #edited: ReadonlyMap<string, EditedConfiguration>
  readonly #uses = new Map<string, Use<unknown>>()

  constructor(RED: NodeAPI, sent: unknown) {
    this.#RED = RED
    this.#edited = new Map((Array.isArray(sent) ? sent : []).flatMap(readEdited))
  }

  find(id: string): Pick<ConfigurationNode<unknown>, 'type' | 'client'> | undefined {
    const edited = this.#edited.get(id)
    if (!edited) return undefined
    return { type: edited.type, client: () => this.#clientOf(edited) }
  }

  release(): void {
    for (const { release } of this.#uses.values()) release()
  }

  #clientOf(edited: EditedConfiguration): unknown {
    const present = this.#uses.get(edited.id)
    if (present) return present.thing
    const use = clientsOfEditor(this.#RED).get(edited.type)?.(edited)
    if (!use)
      throw new ConnectorError('INPUT_INVALID', say`"${edited.type.slice(0, 60)}" is not a type of configuration.`)
    this.#uses.set(edited.id, use)
    return use.thing
  }
}

const mostConfigurations = 10

function readEdited(sent: unknown, index: number): [string, EditedConfiguration][] {
  if (index >= mostConfigurations || !isJsonObject(sent) || !isJsonObject(sent.values)) return []
  const { id, type, z, values } = sent
  return typeof id === 'string' && typeof type === 'string' ? [[id, { id, type, z, values }]] : []
}

/** The running configuration, where a deployment would not change it: it knows tokens, and what was asked of the cloud. */
function deployedAsEdited<Client>(
  RED: NodeAPI,
  { id, type, values }: EditedConfiguration,
  { credentials }: CredentialForm,
  usual: StoredSettings,
): ConfigurationNode<Client> | undefined {
  let isSame = false
  RED.nodes.eachNode((definition) => {
    if (definition.id !== id || definition.type !== type) return
    const deployed = definition as unknown as StoredSettings
    // What is left empty has its default.
    const inForce = (settings: StoredSettings, name: string) => String(settings[name] || usual[name])
    const isKept = (name: string) => inForce(values, name) === inForce(deployed, name)
    isSame = credentials.every((name) => values[name] === storedSecret) && Object.keys(usual).every(isKept)
  })
  return isSame ? ((RED.nodes.getNode(id) as ConfigurationNode<Client> | null) ?? undefined) : undefined
}

/** Without a secret that is stored for another place: to look, none is needed. */
function valuesOf(
  RED: NodeAPI,
  edited: EditedConfiguration,
  form: CredentialForm,
): { values: StoredSettings; noSecret?: ConnectorError } {
  const where = say`The ${edited.type} configuration`
  try {
    return { values: formValues(RED, edited, edited.values, form, where) }
  } catch (failure) {
    if (!(failure instanceof ConnectorError) || failure.code !== 'CONFIG_INCOMPLETE') throw failure
    const open = Object.fromEntries(Object.entries(edited.values).filter(([name]) => !form.credentials.includes(name)))
    return { values: formValues(RED, edited, open, form, where), noSecret: failure }
  }
}
