import { isIPv6, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { buildConnector } from 'undici'
import { ConnectorError, say, type Text } from '../core'
import { cloudConnector, connectTimeoutMs } from './connector'
import { systemCodeOf } from './network-error'
import { tlsFault } from './tls-fault'
import type { ProxySettings, TlsSettings } from './transport-settings'
import { loadUndici } from './undici'

/**
 * Connects to every target, plain or TLS, through a tunnel of the proxy.
 * @param proxy its URL, with user name and password where it asks for them
 * @param tls for the cloud; its CA also for a proxy that is itself reached by TLS
 */
export function tunnelConnector(proxy: string, tls?: TlsSettings): buildConnector.connector {
  const connectToCloud = cloudConnector(tls)
  const open = tunnelOpener(new URL(proxy), tls?.certificateAuthority)
  return (target, connected) => {
    open(target).then(
      (socket) => {
        if (target.protocol !== 'https:') return connected(null, socket as Socket)
        try {
          connectToCloud({ ...target, httpSocket: socket as Socket }, connected)
        } catch (failure) {
          connected(failure as Error, null)
        }
      },
      (failure) => connected(failure, null),
    )
  }
}

/** @returns opens one tunnel. @throws ConnectorError `NETWORK_PROXY`, and TLS faults of the proxy itself */
function tunnelOpener(proxy: URL, ca: TlsSettings['certificateAuthority']) {
  const { Pool } = loadUndici()
  const pool = new Pool(proxy.origin, { connect: cloudConnector({ certificateAuthority: ca }), headersTimeout: 0 })
  const authorization = (proxy.username || proxy.password) && { 'proxy-authorization': basic(proxy) }
  return async (target: buildConnector.Options): Promise<Duplex> => {
    const host = target.port ? `${target.host}` : `${target.host}:${target.protocol === 'https:' ? 443 : 80}`
    try {
      const signal = AbortSignal.timeout(connectTimeoutMs)
      const { statusCode, socket } = await pool.connect({ path: host, headers: { host, ...authorization }, signal })
      if (statusCode === 200) return socket
      socket.on('error', () => undefined).destroy()
      throw refusedTunnel(statusCode, proxy.host)
    } catch (failure) {
      throw failure instanceof ConnectorError ? failure : unreachableProxy(failure as Error, proxy.host)
    }
  }
}

const basic = ({ username, password }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`

function unreachableProxy(failure: Error, host: string): ConnectorError {
  const systemCode = systemCodeOf(failure)
  const tls = systemCode === undefined ? undefined : tlsFault(systemCode)
  if (tls) return new ConnectorError(tls.code, say`The proxy ${host}: ${tls.text}`, { systemCode })
  const text = say`The proxy ${host} cannot be reached (${systemCode ?? say`no answer in time`}). Check the proxy configuration and the network.`
  return new ConnectorError('NETWORK_PROXY', text, { systemCode })
}

function refusedTunnel(status: number, host: string): ConnectorError {
  return new ConnectorError('NETWORK_PROXY', refusalText(status, host))
}

function refusalText(status: number, host: string): Text {
  switch (status) {
    case 407:
      return say`The proxy ${host} refuses the user name or password (407). Correct them in the proxy configuration.`
    case 401:
    case 403:
    case 405:
      return say`The proxy ${host} does not allow connections to the cloud (${status}). Ask its operator to allow this host and port.`
    default:
      return say`The proxy ${host} cannot reach the cloud (${status}). Check the URL of the cloud, or ask the proxy's operator.`
  }
}

/** A proxy's URL; `undefined` for a text that is not one, or whose user name or password cannot be read. */
export function proxyUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return isDecodable(url.username) && isDecodable(url.password) ? url : undefined
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Whether the list of exceptions names this target. */
export function isExempt({ hostname, port, protocol }: URL, noProxy: ProxySettings['noProxy'] = []): boolean {
  const targetPort = port || (protocol === 'https:' ? '443' : '80')
  return noProxy.some((entry) => {
    const named = entry.trim().toLowerCase()
    const [, rule = '', rulePort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(isIPv6(named) ? `[${named}]` : named) ?? []
    if (rulePort !== undefined && rulePort !== targetPort) return false
    return rule === '*' || (rule !== '' && (hostname === rule || hostname.endsWith(`.${rule}`)))
  })
}
