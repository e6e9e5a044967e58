import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent'
import { say, type Text } from '../text'
import type { ProxySettings } from './client'
import { ConnectorError } from './errors'
import { tlsFault } from './tls-fault'

export interface Agents {
  http: HttpAgent
  https: HttpsAgent
}

export interface TunnelOptions {
  /** Of idle connections. */
  idleMs: number
  /** How long the proxy may take to open a tunnel. */
  connectMs: number
  /** For a proxy that is itself reached by TLS. */
  certificateAuthority?: string | Buffer | undefined
}

/** Agents that reach every target, plain or TLS, through a tunnel of the proxy. */
export function proxyAgents(proxy: string, { idleMs, connectMs, certificateAuthority }: TunnelOptions): Agents {
  const options = {
    keepAlive: true,
    timeout: idleMs,
    proxy,
    proxyRequestOptions: certificateAuthority === undefined ? {} : { ca: [String(certificateAuthority)] },
  }
  const { host } = new URL(proxy)
  return {
    http: tellingFaults(new HttpProxyAgent(options), host, connectMs),
    https: tellingFaults(new HttpsProxyAgent(options), host, connectMs),
  }
}

type Connected = (failure: Error | null, socket?: Duplex) => void
interface Connecting {
  createConnection(options: object, connected: Connected): void
}

/** Makes the faults of the tunnel, which bear the names of those of the cloud, faults of the proxy. */
function tellingFaults<Agent extends HttpAgent>(agent: Agent, proxyHost: string, connectMs: number): Agent {
  const connecting = agent as unknown as Connecting
  const createConnection = connecting.createConnection.bind(agent)
  connecting.createConnection = (options, connected) => {
    createConnection({ ...options, timeout: connectMs }, (failure, socket) =>
      connected(failure && proxyError(failure, proxyHost), socket),
    )
  }
  return agent
}

function proxyError(failure: Error, host: string): ConnectorError {
  const systemCode = (failure as NodeJS.ErrnoException).code
  const tls = systemCode === undefined ? undefined : tlsFault(systemCode)
  if (tls) return new ConnectorError(tls.code, say`The proxy ${host}: ${tls.text}`, { systemCode })
  const status = /^Bad response: (\d+)$/.exec(failure.message)?.[1]
  return new ConnectorError('NETWORK_PROXY', reason(status, systemCode, host), { systemCode })
}

function reason(status: string | undefined, systemCode: string | undefined, host: string): Text {
  switch (status) {
    case undefined:
      return say`The proxy ${host} cannot be reached (${systemCode ?? say`no answer in time`}). Check the proxy configuration and the network.`
    case '407':
      return say`The proxy ${host} refuses the user name or password (407). Correct them in the proxy configuration.`
    case '401':
    case '403':
    case '405':
      return say`The proxy ${host} forbids the way to the cloud (${status}). Ask who runs it to allow this host and port.`
    default:
      return say`The proxy ${host} cannot reach the cloud (${status}). Check the URL of the cloud, or ask who runs the proxy.`
  }
}

/** Whether the list of exceptions names this target. */
export function isExempt({ hostname, port, protocol }: URL, noProxy: ProxySettings['noProxy'] = []): boolean {
  const targetPort = port || (protocol === 'https:' ? '443' : '80')
  return noProxy.some((entry) => {
    const [, rule = '', rulePort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.trim().toLowerCase()) ?? []
    if (rulePort !== undefined && rulePort !== targetPort) return false
    return rule === '*' || (rule !== '' && (hostname === rule || hostname.endsWith(`.${rule}`)))
  })
}
