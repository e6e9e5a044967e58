import type { Refusal, SimulatedCloud, SimulatedReply, SimulatedRequest } from '../cloud'
import { brokerHandle, sessionRefusal } from './broker'
import { brokerReply, DeviceLogin } from './device-login'
import { parseEnosSeed } from './enos-seed'
import { larkRoute } from './file-routes'
import { FileStore } from './files'
import { DEFAULT_ENOS_OPTIONS, type EnosOptions, parseEnosOptions } from './options'
import { Registry } from './registry'
import { TokenService, tokenServiceReply } from './token-service'

export type { EnosOptions } from './options'

/** The simulated EnOS: token service, device broker. Throws `InvalidInput` for a bad seed or option. */
export function createEnosCloud(
  seed: unknown,
  changes: Partial<EnosOptions> | undefined,
  now: () => number,
): SimulatedCloud {
  const options: EnosOptions = { ...DEFAULT_ENOS_OPTIONS, ...parseEnosOptions(changes) }
  const registry = new Registry(parseEnosSeed(seed), options, now())
  const tokens = new TokenService(registry.apps, options)
  const login = new DeviceLogin(registry, options)
  const files = new FileStore()
  const broker = { registry, options, login, files }

  return {
    handle(request) {
      const path = pathOf(request)
      switch (serviceOf(path)) {
        case 'token':
          return tokens.handle(request, path)
        case 'broker':
          return brokerHandle(broker, request, path)
        case 'lark':
          return larkRoute(files, request, path)
        default:
          return undefined
      }
    },
    refuse(request, refusal) {
      switch (serviceOf(pathOf(request))) {
        case 'token':
          return refusal in TOKEN_REFUSALS ? TOKEN_REFUSALS[refusal] : undefined
        case 'broker':
          return brokerRefusal(request, refusal)
        default:
          return undefined
      }
    },
    state: () => ({
      tokens: tokens.livingCount(now()),
      sessions: login.livingCount(now()),
      ...registry.state(),
      files: files.count,
    }),
    points: (stream) => registry.stream(stream)?.log.entries(options.keptEntriesPerDevice),
    setOptions: (newChanges) => {
      Object.assign(options, parseEnosOptions(newChanges))
    },
  }

  function brokerRefusal(request: SimulatedRequest, refusal: Refusal): SimulatedReply | undefined {
    if (refusal !== 'session-expired') return BROKER_REFUSALS[refusal]
    const sessionId = request.url.searchParams.get('sessionId')
    if (!sessionId) return undefined
    login.drop(sessionId)
    return sessionRefusal(options)
  }
}

const TOKEN_REFUSALS: Partial<Record<Refusal, SimulatedReply>> = {
  unauthorized: tokenServiceReply(401, 1003, 'Unauthorized'),
  throttled: tokenServiceReply(429, 1005, 'Too many requests'),
  'server-error': tokenServiceReply(503, 1005, 'Internal error'),
}

const BROKER_REFUSALS: Partial<Record<Refusal, SimulatedReply>> = {
  unauthorized: brokerReply(401, 401, 'Unauthorized'),
  throttled: brokerReply(429, 429, 'Too many requests'),
  'server-error': brokerReply(503, 500, 'Internal error'),
}

/** Leading slashes count as one: Envision's Java sample has a broker URL that ends in a slash. */
function pathOf({ url }: SimulatedRequest): string {
  return url.pathname.replace(/^\/{2,}/, '/')
}

type Service = 'token' | 'broker' | 'lark'

const SERVICES: Record<string, Service> = {
  'apim-token-service': 'token',
  auth: 'broker',
  topic: 'broker',
  multipart: 'broker',
  'enos-lark': 'lark',
}

function serviceOf(path: string): Service | undefined {
  return SERVICES[path.split('/', 2)[1] ?? '']
}
