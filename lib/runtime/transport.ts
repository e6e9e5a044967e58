import type { Node, NodeAPI } from 'node-red'
import { ConnectorError, type Finding, say, type Text } from '../core'
import {
  asFinding,
  type EnvironmentProxyOptions,
  HttpClient,
  type ProxySettings,
  proxyUrl,
  type Route,
  type TlsSettings,
  urlText,
} from '../http'
import { wrongType } from './chosen'
import { fieldLabel } from './languages'
import type { StoredSettings } from './stored-settings'

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

/** The way to the clouds: through the TLS and proxy configurations that a configuration chooses, or the environment's proxy. */
export function httpClientFor(RED: NodeAPI, { tls, proxy }: StoredSettings): HttpClient {
  const { proxyOptions = {} } = RED.settings as { proxyOptions?: EnvironmentProxyOptions }
  return new HttpClient({
    tls: tlsSettings(RED, tls),
    proxy: proxySettings(RED, proxy),
    environmentProxy: proxyOptions,
  })
}

/** Through which proxy each of these URLs is reached, for a connection test; nothing where there is none. */
export function routeFindings(http: HttpClient, urls: readonly string[]): Finding[] {
  const hosts = new Map<string, Finding>()
  for (const url of urls) {
    if (!URL.canParse(url)) continue
    const { host } = new URL(url)
    try {
      const route = http.routeTo(url)
      if (route) hosts.set(host, { ok: true, text: routeText(host, route) })
    } catch (failure) {
      hosts.set(host, asFinding(failure))
    }
  }
  return [...hosts.values()]
}

function routeText(host: string, { proxy, variable }: Route): Text {
  const reason =
    variable === undefined ? say`as the proxy configuration says` : say`as the environment's ${variable} says`
  return proxy === undefined
    ? say`${host} is reached without a proxy, ${reason}.`
    : say`${host} is reached through the proxy ${proxy}, ${reason}.`
}

/** The settings of the core `tls-config` node with this id; `undefined` where none is chosen. */
function tlsSettings(RED: NodeAPI, id: unknown): TlsSettings | undefined {
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
function proxySettings(RED: NodeAPI, id: unknown): ProxySettings | undefined {
  const node = chosen<CoreProxyNode>(RED, id, 'proxy', 'http proxy', say`proxy`)
  if (!node) return undefined
  const url = proxyUrl(node.url ?? '')
  if (!url) {
    throw new ConnectorError('CONFIG_INVALID_URL', say`The proxy configuration has no valid URL. Open and correct it.`)
  }
  const { username, password } = node.credentials ?? {}
  if (username) {
    url.username = urlText(username, say`The proxy's user name`, 'CONFIG_INVALID')
    url.password = urlText(password ?? '', say`The proxy's password`, 'CONFIG_INVALID')
  }
  return { url: url.href, noProxy: node.noproxy }
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
  if (node.type !== type) throw wrongType(node, fieldLabel('edgecourier', field), type)
  return node
}
