import type { Node, NodeAPI } from 'node-red'
import { ConnectorError, type ProxySettings, type TlsSettings } from '../http'
import { say, type Text } from '../text'
import { requireType } from './chosen'

interface CoreTlsNode extends Node {
  valid?: boolean
  addTLSOptions(options: object): CoreTlsOptions
}

interface CoreTlsOptions {
  key?: string | Buffer
  cert?: string | Buffer
  ca?: string | Buffer
  pfx?: string | Buffer
  passphrase?: string
  servername?: string
  rejectUnauthorized?: boolean
}

interface CoreProxyNode extends Node {
  url?: string
  noproxy?: string[]
  credentials: { username?: string; password?: string }
}

/** The settings of the core `tls-config` node with this id; `undefined` where none is chosen. */
export function tlsSettings(RED: NodeAPI, id: unknown): TlsSettings | undefined {
  const node = chosen<CoreTlsNode>(RED, id, 'tls', 'tls-config', say`TLS`)
  if (!node) return undefined
  if (node.valid === false) {
    throw new ConnectorError(
      'CONFIG_INVALID',
      say`The TLS configuration is invalid: its certificate or key cannot be read. Open and correct it.`,
    )
  }
  const options = node.addTLSOptions({})
  return {
    certificateAuthority: options.ca,
    certificate: options.cert,
    key: options.key,
    pfx: options.pfx,
    passphrase: options.passphrase,
    serverName: options.servername,
    rejectUnauthorized: options.rejectUnauthorized,
  }
}

/** The settings of the core `http proxy` node with this id; `undefined` where none is chosen. */
export function proxySettings(RED: NodeAPI, id: unknown): ProxySettings | undefined {
  const node = chosen<CoreProxyNode>(RED, id, 'proxy', 'http proxy', say`proxy`)
  if (!node) return undefined
  const url = URL.canParse(node.url ?? '') ? new URL(node.url ?? '') : undefined
  if (!url || !/^https?:$/.test(url.protocol) || !isDecodable(url.username) || !isDecodable(url.password)) {
    throw new ConnectorError('CONFIG_INVALID_URL', say`The proxy configuration has no valid URL. Open and correct it.`)
  }
  const { username, password } = node.credentials ?? {}
  if (username) {
    url.username = encodeURIComponent(username)
    url.password = encodeURIComponent(password ?? '')
  }
  return { url: url.href, noProxy: node.noproxy }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Only a node of this type: any other may hold a URL and a password, too, which are meant for somebody else. */
function chosen<T extends Node>(RED: NodeAPI, id: unknown, field: string, type: string, what: Text): T | undefined {
  if (typeof id !== 'string' || !id) return undefined
  const node = RED.nodes.getNode(id) as T | null
  if (!node) {
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      say`The chosen ${what} configuration does not exist or is disabled. Choose another.`,
    )
  }
  requireType(node, field, type)
  return node
}
