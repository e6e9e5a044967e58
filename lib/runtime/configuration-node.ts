import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ConnectorError, HttpClient } from '../http'
import { requireEnvironment } from './environment'
import type { StoredSettings } from './settings'
import { proxySettings, tlsSettings } from './transport'

/** A configuration node as the flow nodes see it. */
export interface ConfigurationNode<Client> extends Node {
  /** The client, made at first use. Throws a `ConnectorError` where the configuration does not allow one. */
  client(): Client
}

type Closable<Client> = Client & { close(): void | Promise<void> }

export interface ConfigurationContext {
  RED: NodeAPI
  /** With the TLS and proxy configuration that the dialog chooses. */
  http: HttpClient
  /** A setting or secret as trimmed text; empty where there is none. */
  text: (name: string) => string
  /** As `text`; throws `CONFIG_INCOMPLETE` where it is empty. */
  required: (name: string) => string
  /** A setting as one of these words; the first where it is empty. */
  oneOf: <Word extends string>(name: string, words: readonly [Word, ...Word[]]) => Word
  /** A setting as a positive number; the default, or `undefined`, where it is empty. */
  number: (name: string, defaultValue: number) => number
  optionalNumber: (name: string) => number | undefined
}

export interface ConfigurationDefinition<Client> {
  /** Names of the secrets; all are of Node-RED's credential type `password`. */
  credentials: readonly string[]
  create: (context: ConfigurationContext) => Closable<Client>
  /** Adds the admin endpoints of this type. */
  serve?: (RED: NodeAPI) => void
}

/** A configuration node file's export: the client is made when it is first needed, and closed with the node. */
export function configurationNode<Client>(
  type: string,
  { credentials, create, serve }: ConfigurationDefinition<Client>,
): (RED: NodeAPI) => void {
  return (RED) => {
    function construct(this: ConfigurationNode<Client>, stored: NodeDef): void {
      RED.nodes.createNode(this, stored)
      let client: Closable<Client> | undefined
      this.client = () => {
        client ??= makeClient(RED, this, stored as unknown as StoredSettings, type, create)
        return client
      }
      this.on('close', (done: () => void) => {
        Promise.resolve(client?.close()).finally(done)
        client = undefined
      })
    }
    RED.nodes.registerType(type, construct, {
      credentials: Object.fromEntries(credentials.map((name) => [name, { type: 'password' as const }])),
    })
    serve?.(RED)
  }
}

function makeClient<Client>(
  RED: NodeAPI,
  node: Node,
  stored: StoredSettings,
  type: string,
  create: ConfigurationDefinition<Client>['create'],
): Closable<Client> {
  const values = { ...stored, ...((node.credentials ?? {}) as Record<string, unknown>) }
  requireEnvironment(values, `Configuration ${type}${node.name ? ` "${node.name}"` : ''}`)
  const http = new HttpClient({ tls: tlsSettings(RED, stored.tls), proxy: proxySettings(RED, stored.proxy) })
  const text = (name: string) => String(values[name as keyof typeof values] ?? '').trim()
  const positiveNumber = (name: string) => {
    if (!text(name)) return undefined
    const number = Number(text(name))
    if (number > 0 && Number.isFinite(number)) return number
    throw new ConnectorError('CONFIG_INVALID', `The ${type} configuration's ${name} is no positive number.`)
  }
  return create({
    RED,
    http,
    text,
    required: (name) => {
      if (text(name)) return text(name)
      throw new ConnectorError('CONFIG_INCOMPLETE', `The ${type} configuration has no ${name}. Open it and enter one.`)
    },
    oneOf: (name, words) => {
      const word = words.find((candidate) => candidate === (text(name) || words[0]))
      if (word !== undefined) return word
      throw new ConnectorError('CONFIG_INVALID', `The ${type} configuration's ${name} is none of ${words.join(', ')}.`)
    },
    number: (name, defaultValue) => positiveNumber(name) ?? defaultValue,
    optionalNumber: positiveNumber,
  })
}
