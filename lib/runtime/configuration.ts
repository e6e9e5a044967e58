import type { Node } from 'node-red'

/** A configuration node as the flow nodes see it. */
export interface ConfigurationNode<Client> extends Node {
  /** The client, made at first use. Throws a `ConnectorError` where the configuration does not allow one. */
  client(): Client
  /** Set with the client: whether its TLS configuration takes any certificate. */
  skipsCertificates?: boolean
}
