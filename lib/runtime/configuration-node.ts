import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ConnectorError, type Finding, joined, say, type Text } from '../core'
import type { HttpClient } from '../http'
import { idOf, idText, isBlank } from '../message'
import { type ChoiceField, type Field, isIn, type NodeSettings, type NumberField } from '../settings'
import { type ChoiceLists, serveChoices } from './choices'
import type { ConfigurationNode } from './configuration'
import { serveConnectionTest } from './connection-test'
import { offerToDialogs } from './edited-configurations'
import { rawSettings, withVariables } from './environment'
import { FormClients } from './form-clients'
import { labelsOf, translation } from './languages'
import { registerNode } from './registration'
import type { StoredSettings } from './stored-settings'
import { httpClientFor, routeFindings } from './transport'
import { serveTrial, type Trial } from './trial'
import { variablesOf } from './variables'

type Closable<Client> = Client & { close(): void | Promise<void> }

export interface ConfigurationContext {
  RED: NodeAPI
  /** With the TLS and proxy configuration that the dialog chooses. */
  http: HttpClient
  /** Thrown by whatever needs the secrets, where one is not there: values are kept until it is. */
  noSecret: ConnectorError | undefined
  /** A setting or secret as trimmed text; empty where there is none. */
  text: (name: string) => string
  /** As `text`; throws `CONFIG_INCOMPLETE` where it is empty. */
  required: (name: string) => string
  /** An id or key as text; empty where there is none. */
  id: (name: string) => string
  /** As `id`; throws `CONFIG_INCOMPLETE` where it is empty. */
  requiredId: (name: string) => string
  /** One of a field's words; its default where it is empty. */
  oneOf: <Word extends string>(field: ChoiceField<Word> & { name: string }) => Word
  /** A number; the field's default, or `undefined` if that is empty too, where it is empty. */
  number: <Value extends number | string>(
    field: NumberField<Value> & { name: string },
  ) => Value extends number ? number : number | undefined
  /** Tells the deployed configuration from all others, over deployments and restarts; empty in a form. */
  key: string
  /** Into Node-RED's log and the debug sidebar, in the runtime's language. */
  warn: (text: Text) => void
  error: (text: Text) => void
}

export interface ConfigurationDefinition<Client> {
  create: (context: ConfigurationContext) => Closable<Client>
  /** What the dialog's test button does. */
  test?: (client: Client, signal: AbortSignal) => Promise<Finding[]>
  /** The lists that this configuration fills for dialogs. */
  choices?: ChoiceLists<Client>
  /** Sends values that a person has typed into a dialog. */
  trial?: Trial<Client>
  /** Adds further admin endpoints of this type. */
  serve?: (RED: NodeAPI) => void
}

/**
 * A configuration node file's export: the client is made when it is first needed, and closed with the node. Its secrets are of
 * Node-RED's credential type `password`, and a stored one is used for no other place than the URLs that it is stored with.
 */
export function configurationNode<Client>(
  { type, fields }: NodeSettings,
  definition: ConfigurationDefinition<Client>,
): (RED: NodeAPI) => void {
  const { create, test, choices, trial, serve } = definition
  const namesOf = (kind: Field['kind']) =>
    Object.values(fields).flatMap((field) => (field.kind === kind ? [field.name] : []))
  const [credentials, destinations] = [namesOf('secret'), namesOf('url')]
  return (RED) => {
    function construct(this: ConfigurationNode<Client>, stored: NodeDef): void {
      RED.nodes.createNode(this, stored)
      let client: Closable<Client> | undefined
      this.client = () => {
        const warn = (text: Text) => this.warn(text.in(translation(RED)))
        const error = (text: Text) => this.error(text.in(translation(RED)))
        const skipsCertificates = () => {
          this.skipsCertificates = true
          warn(
            say`The TLS configuration does not check certificates: anybody on the way can read and change what is sent, including secrets. Switch the check on, and give the configuration the CA's certificate.`,
          )
        }
        const filled = () => deployedValues(RED, this, { ...stored }, credentials)
        client ??= makeClient(RED, type, filled(), create, { key: keyOf(this), warn, error, skipsCertificates })
        return client
      }
      this.on('close', (done: () => void) => {
        Promise.resolve(client?.close()).finally(done)
        client = undefined
      })
    }
    registerNode(RED, type, construct, {
      credentials: Object.fromEntries(credentials.map((name) => [name, { type: 'password' as const }])),
    })
    const form = { credentials, destinations }
    const needed = Object.values(fields).flatMap((field) =>
      field.kind === 'secret' || ('required' in field && field.required === true) ? [field.name] : [],
    )
    const clientOfForm = (values: StoredSettings) => {
      const incomplete = emptyFields(RED, type, needed, values)
      if (incomplete) throw incomplete
      return makeClient(RED, type, { values }, create)
    }
    if (test) {
      serveConnectionTest(RED, type, form, async (values, signal) => {
        const client = clientOfForm(values)
        try {
          const urls = destinations.map((name) => String(values[name] ?? ''))
          return [...routeFindings(httpClientFor(RED, values), urls), ...(await test(client, signal))]
        } finally {
          await client.close()
        }
      })
    }
    const clients = new FormClients<Closable<Client>>(RED, type, form, clientOfForm)
    offerToDialogs<Closable<Client>>(RED, type, form, usualSettings(fields), clients, (values, noSecret) =>
      makeClient(RED, type, { values, noSecret: noSecret ?? emptyFields(RED, type, credentials, values) }, create),
    )
    if (choices) serveChoices(RED, clients, choices)
    if (trial) serveTrial(RED, type, clients, trial)
    serve?.(RED)
  }
}

/** All that are no secrets, by their defaults. */
function usualSettings(fields: NodeSettings['fields']): StoredSettings {
  const open = Object.values(fields).filter(({ kind }) => kind !== 'secret')
  return Object.fromEntries(open.map((field) => [field.name, 'value' in field ? field.value : '']))
}

/** What a client is made of. */
interface Filled {
  /** Settings and secrets, with the environment's values put in. */
  values: StoredSettings
  /** Why nobody can log in with them, where a secret is not there. */
  noSecret?: ConnectorError | undefined
}

/**
 * The settings and secrets of a deployed configuration. A missing secret is not an error yet: an outbox takes values in
 * without it.
 * @throws ConnectorError `CONFIG_ENV_UNSET`
 */
function deployedValues(RED: NodeAPI, node: Node, stored: StoredSettings, credentials: readonly string[]): Filled {
  const { type, name } = node
  const where = name ? say`Configuration ${type} "${name}"` : say`Configuration ${type}`
  const given = { ...(node.credentials as StoredSettings | undefined), type }
  const raw = rawSettings(RED, node, { ...stored, ...given })
  const variables = variablesOf(RED, node)
  const labelOf = labelsOf(RED, type)
  const settings = withVariables(stored, where, variables, raw, labelOf)
  if (settings.unset) throw settings.unset
  const secrets = withVariables(given, where, variables, raw, labelOf)
  const values = { ...settings.values, ...secrets.values }
  return { values, noSecret: secrets.unset ?? emptyFields(RED, type, credentials, values) }
}

/** What a client is made for, and what it tells whom. */
interface Maker extends Pick<ConfigurationContext, 'key' | 'warn' | 'error'> {
  skipsCertificates: () => void
}

const ignore = () => undefined
const ofForm: Maker = { key: '', warn: ignore, error: ignore, skipsCertificates: ignore }

/** Its id; in a subflow, where its id is of the instance, the way to its instance and the id in the flow file. */
function keyOf({ id, _alias, _flow }: Node & { _alias?: string; _flow?: { path?: string } }): string {
  return _alias === undefined ? id : `${_flow?.path ?? ''}/${_alias}`
}

/** Names all that are empty at once; `undefined` where none is. */
function emptyFields(RED: NodeAPI, type: string, names: readonly string[], values: StoredSettings) {
  const empty = names.filter((name) => String(values[name] ?? '').trim() === '')
  return empty.length === 0 ? undefined : incomplete(RED, type, empty)
}

function incomplete(RED: NodeAPI, type: string, empty: readonly string[]): ConnectorError {
  return new ConnectorError(
    'CONFIG_INCOMPLETE',
    say`The ${type} configuration is not complete. Enter what is missing: ${joined(empty.map(labelsOf(RED, type)))}.`,
  )
}

function makeClient<Client>(
  RED: NodeAPI,
  type: string,
  { values, noSecret }: Filled,
  create: ConfigurationDefinition<Client>['create'],
  { key, warn, error, skipsCertificates }: Maker = ofForm,
): Closable<Client> {
  const http = httpClientFor(RED, values)
  if (!http.checksCertificates) skipsCertificates()
  const text = (name: string) => String(values[name] ?? '').trim()
  const label = labelsOf(RED, type)
  const number = ({ name, value: usual, range }: NumberField & { name: string }) => {
    const written = text(name) || usual
    if (written === '') return undefined
    if (isIn(range, Number(written))) return Number(written)
    throw new ConnectorError(
      'CONFIG_INVALID',
      say`${label(name)} of the ${type} configuration is not a positive number.`,
    )
  }
  const id = (name: string) => {
    const value = values[name]
    return isBlank(value) ? '' : idText(idOf(value, say`${label(name)} of the ${type} configuration`, 'CONFIG_INVALID'))
  }
  const required = (name: string, entered: string) => {
    if (entered) return entered
    throw incomplete(RED, type, [name])
  }
  return create({
    RED,
    http,
    noSecret,
    key,
    warn,
    error,
    text,
    required: (name) => required(name, text(name)),
    id,
    requiredId: (name) => required(name, id(name)),
    oneOf: <Word extends string>({ name, value: usual, options }: ChoiceField<Word> & { name: string }) => {
      const word = text(name) || usual
      if (Object.hasOwn(options, word)) return word as Word
      throw new ConnectorError(
        'CONFIG_INVALID',
        say`${label(name)} of the ${type} configuration is not one of ${Object.keys(options).join(', ')}.`,
      )
    },
    number: number as ConfigurationContext['number'],
  })
}
