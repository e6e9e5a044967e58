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
  /** A setting as a positive number. */
  number: (name: string, defaultValue: number) => number
}

export interface ConfigurationDefinition<Client> {
  /** Names of the secrets; all are of Node-RED's credential type `password`. */
  credentials: readonly string[]
  create: (context: ConfigurationContext) => Client & { close(): void }
}

/** A configuration node file's export: the client is made when it is first needed, and closed with the node. */
export function configurationNode<Client>(
  type: string,
  { credentials, create }: ConfigurationDefinition<Client>,
): (RED: NodeAPI) => void {
  return (RED) => {
    function construct(this: ConfigurationNode<Client>, stored: NodeDef): void {
      RED.nodes.createNode(this, stored)
      let client: (Client & { close(): void }) | undefined
      this.client = () => {
        client ??= makeClient(RED, this, stored as unknown as StoredSettings, type, create)
        return client
      }
      this.on('close', () => {
        client?.close()
        client = undefined
      })
    }
    RED.nodes.registerType(type, construct, {
      credentials: Object.fromEntries(credentials.map((name) => [name, { type: 'password' as const }])),
    })
  }
}

function makeClient<Client>(
  RED: NodeAPI,
  node: Node,
  stored: StoredSettings,
  type: string,
  create: ConfigurationDefinition<Client>['create'],
): Client & { close(): void } {
  const values = { ...stored, ...((node.credentials ?? {}) as Record<string, unknown>) }
  requireEnvironment(values, `Configuration ${type}${node.name ? ` "${node.name}"` : ''}`)
  const http = new HttpClient({ tls: tlsSettings(RED, stored.tls), proxy: proxySettings(RED, stored.proxy) })
  const text = (name: string) => String(values[name as keyof typeof values] ?? '').trim()
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
    number: (name, defaultValue) => {
      const number = Number(text(name) || defaultValue)
      if (number > 0 && Number.isFinite(number)) return number
      throw new ConnectorError('CONFIG_INVALID', `The ${type} configuration's ${name} is no positive number.`)
    },
  })
}
