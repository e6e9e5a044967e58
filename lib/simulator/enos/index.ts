import type { Refusal, SimulatedCloud, SimulatedReply, SimulatedRequest } from '../cloud'
import { brokerHandle, sessionRefusal } from './broker'
import { CommandBook } from './command-book'
import { brokerReply, DeviceLogin } from './device-login'
import { parseEnosSeed } from './enos-seed'
import { larkRoute } from './file-routes'
import { FileStore } from './files'
import { gatewayHandle } from './gateway'
import { GatewayAuth, gatewayReply } from './gateway-auth'
import { integrationHandle, integrationPath } from './integration'
import { importModels, importRefusal } from './model-import'
import { deviceView, enosDemoAccounts } from './onlooker'
import { defaultEnosOptions, type EnosOptions, parseEnosOptions } from './options'
import { Registry } from './registry'
import { TokenService, tokenServiceReply } from './token-service'

export type { EnosOptions } from './options'

/** The hosts of EnOS that share the simulator's port. */
type Host = 'token' | 'gateway' | 'integration' | 'console' | 'broker' | 'storage'

/**
 * The simulated EnOS: token service, API gateway, integration channel, the console's model import, device broker, and
 * the storage behind upload addresses. Throws `InvalidInput` for a bad seed or option.
 */
export function createEnosCloud(
  seed: unknown,
  changes: Partial<EnosOptions> | undefined,
  now: () => number,
): SimulatedCloud {
  const options: EnosOptions = { ...defaultEnosOptions, ...parseEnosOptions(changes) }
  const registry = new Registry(parseEnosSeed(seed), options, now())
  const tokens = new TokenService(registry.apps, options)
  const login = new DeviceLogin(registry, options)
  const files = new FileStore()
  const auth = new GatewayAuth(tokens, options)
  const context = { registry, options, login, files, auth, commands: new CommandBook() }

  const hosts: Record<Host, (request: SimulatedRequest, path: string) => SimulatedReply> = {
    token: (request, path) => tokens.handle(request, path),
    gateway: (request, path) => gatewayHandle(context, request, path),
    integration: (request, path) => integrationHandle(context, request, path),
    console: (request, path) => importModels(context, request, path),
    broker: (request, path) => brokerHandle(context, request, path),
    storage: (request, path) => larkRoute(files, request, path),
  }

  return {
    handle(request) {
      const path = pathOf(request)
      const host = hostOf(path)
      return host && hosts[host](request, path)
    },
    refuse(request, refusal) {
      const host = hostOf(pathOf(request))
      if (!host) return undefined
      if (refusal === 'token-expired') return expireToken(request, host)
      if (refusal === 'session-expired') return expireSession(request, host)
      return inDialect(host, refusals[refusal])
    },
    state: () => ({
      tokens: tokens.livingCount(now()),
      sessions: login.livingCount(now()),
      ...registry.state(),
      files: files.count,
    }),
    figures: () => registry.figures(),
    recent: () => registry.recent.all.map(deviceView),
    demoAccounts: (url) => enosDemoAccounts(seed, url),
    accepted: () => registry.pointsAccepted,
    points: (stream) => registry.stream(stream)?.log.entries(options.keptEntriesPerDevice),
    setOptions: (newChanges) => {
      Object.assign(options, parseEnosOptions(newChanges))
    },
  }

  function expireToken({ headers }: SimulatedRequest, host: Host): SimulatedReply | undefined {
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    const accessToken = headers['apim-accesstoken'] ?? (host === 'console' ? bearer : undefined)
    if (host === 'token' || host === 'broker' || typeof accessToken !== 'string') return undefined
    tokens.drop(accessToken)
    return host === 'console' ? importRefusal(401, 'Not authenticated') : auth.refusal('expired-token')
  }

  function expireSession({ url }: SimulatedRequest, host: Host): SimulatedReply | undefined {
    const sessionId = url.searchParams.get('sessionId')
    if (host !== 'broker' || !sessionId) return undefined
    login.drop(sessionId)
    return sessionRefusal(options)
  }
}

interface Refused {
  http: number
  text: string
  /** The code each envelope carries. */
  token: number
  api: number
  broker: number
}

const refusals: Record<Exclude<Refusal, 'token-expired' | 'session-expired'>, Refused> = {
  unauthorized: { http: 401, text: 'Unauthorized', token: 1003, api: 401, broker: 401 },
  throttled: { http: 429, text: 'Too many requests', token: 429, api: 429, broker: 429 },
  'server-error': { http: 503, text: 'Internal error', token: 1005, api: 99500, broker: 500 },
}

function inDialect(host: Host, { http, text, token, api, broker }: Refused): SimulatedReply {
  switch (host) {
    case 'token':
      return tokenServiceReply(http, token, text)
    case 'broker':
      return brokerReply(http, broker, text)
    case 'console':
      return importRefusal(http, text)
    case 'storage':
      return { status: http, body: text }
    default:
      return gatewayReply(http, api, text)
  }
}

/** Leading slashes count as one: Envision's Java sample has a broker URL that ends in a slash. */
function pathOf({ url }: SimulatedRequest): string {
  return url.pathname.replace(/^\/{2,}/, '/')
}

const hostsByName: Record<string, Host> = {
  'apim-token-service': 'token',
  'model-service': 'gateway',
  'connect-service': 'gateway',
  'tsdb-service': 'gateway',
  'asset-service': 'gateway',
  'asset-tree-service': 'gateway',
  'dm-bff': 'console',
  auth: 'broker',
  topic: 'broker',
  multipart: 'broker',
  'enos-lark': 'storage',
}

function hostOf(path: string): Host | undefined {
  return integrationPath.test(path) ? 'integration' : hostsByName[path.split('/', 2)[1] ?? '']
}
