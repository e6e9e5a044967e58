import { randomBytes } from 'node:crypto'
import { tokenEncryption } from '../../signing'
import { type Fields, isFields } from '../checked-input'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import type { App } from './enos-seed'
import type { EnosOptions } from './options'

interface Token {
  value: string
  app: App
  expiresMs: number
}

/**
 * The token service (docs/protocol/enos.md §3): one living token per app, which `get` hands out again and again, and
 * `refresh` replaces.
 */
export class TokenService {
  /** The token that `get` hands out, by app key. */
  #current = new Map<string, Token>()
  #tokens = new Map<string, Token>()
  #seenEncryptions = new Set<string>()

  readonly #apps: ReadonlyMap<string, App>
  readonly #options: EnosOptions

  constructor(apps: ReadonlyMap<string, App>, options: EnosOptions) {
    this.#apps = apps
    this.#options = options
  }

  handle(request: SimulatedRequest, path: string): SimulatedReply {
    const action = /^\/apim-token-service\/v2\.0\/token\/(get|refresh)$/.exec(path)?.[1]
    if (!action) return this.#refused(1004, `Unknown path ${path}`)
    if (request.method !== 'POST') return this.#refused(1004, 'Only POST is supported')
    const body = jsonFields(request)
    if (!body) return this.#refused(1004, 'The body must be a JSON object sent as application/json')
    const names = action === 'refresh' ? [...identity, 'accessToken'] : identity
    const empty = names.find((name) => body[name] === undefined || body[name] === null || body[name] === '')
    if (empty) return this.#refused(1202, `Parameter ${empty} is empty`)
    const app = this.#identify(body, request.receivedMs)
    if ('status' in app) return app
    return action === 'get' ? this.#get(app, request.receivedMs) : this.#refresh(app, body, request.receivedMs)
  }

  /** The app that a living token was given to. */
  appOf(accessToken: string, now: number): App | undefined {
    const token = this.#tokens.get(accessToken)
    return token && token.expiresMs > now ? token.app : undefined
  }

  /** Ends a token before its time. */
  drop(accessToken: string): void {
    const token = this.#tokens.get(accessToken)
    if (!token) return
    this.#tokens.delete(accessToken)
    if (this.#current.get(token.app.appKey) === token) this.#current.delete(token.app.appKey)
  }

  livingCount(now: number): number {
    return [...this.#tokens.values()].filter((token) => token.expiresMs > now).length
  }

  #identify({ appKey, encryption, timestamp }: Fields, now: number): App | SimulatedReply {
    const app = this.#apps.get(String(appKey))
    if (!app) return this.#refused(1002, 'appKey does not exist')
    if ((typeof timestamp !== 'number' && typeof timestamp !== 'string') || !/^\d+$/.test(String(timestamp))) {
      return this.#refused(1004, 'timestamp must be Unix milliseconds')
    }
    const { clockSkewMs, refuseDuplicateEncryption } = this.#options
    if (clockSkewMs !== null && Math.abs(now - Number(timestamp)) > clockSkewMs) {
      return this.#refused(1004, `timestamp is more than ${clockSkewMs} ms from the server's clock`)
    }
    if (encryption !== tokenEncryption({ appKey: app.appKey, appSecret: app.appSecret, timestampMs: timestamp })) {
      return this.#refused(1003, 'encryption is wrong')
    }
    if (refuseDuplicateEncryption) {
      if (this.#seenEncryptions.has(encryption)) return this.#refused(1001, 'encryption was used before')
      this.#seenEncryptions.add(encryption)
    }
    return app
  }

  #get(app: App, now: number): SimulatedReply {
    const current = this.#current.get(app.appKey)
    return granted(current && remainingSeconds(current, now) > 0 ? current : this.#issue(app, now), now)
  }

  #refresh(app: App, { accessToken }: Fields, now: number): SimulatedReply {
    const token = this.#tokens.get(String(accessToken))
    if (token && token.app === app && token.expiresMs <= now) return this.#refused(1203, 'The access token has expired')
    if (!token || token.app !== app) return this.#refused(1204, 'Refresh failed: unknown access token')
    if (this.#options.refreshKillsOldToken) this.#tokens.delete(token.value)
    return granted(this.#issue(app, now), now)
  }

  #issue(app: App, now: number): Token {
    const token = {
      value: randomBytes(32).toString('hex'),
      app,
      expiresMs: now + this.#options.tokenLifeSeconds * 1000,
    }
    this.#tokens.set(token.value, token)
    this.#current.set(app.appKey, token)
    return token
  }

  #refused(code: number, text: string): SimulatedReply {
    return tokenServiceReply(this.#options.tokenRejectHttpStatus, code, text)
  }
}

const identity = ['appKey', 'encryption', 'timestamp']

function granted(token: Token, now: number): SimulatedReply {
  return tokenServiceReply(200, 0, 'SUCCESS', { accessToken: token.value, expire: remainingSeconds(token, now) })
}

function remainingSeconds(token: Token, now: number): number {
  return Math.floor((token.expiresMs - now) / 1000)
}

/** The token service's envelope; 0 is success. */
export function tokenServiceReply(
  http: number,
  status: number,
  msg: string,
  data: Fields | null = null,
): SimulatedReply {
  return { status: http, body: { status, msg, business: 'apim-token-service', data } }
}

/** The body of a JSON request; `undefined` where it is no object, or not sent as JSON. */
function jsonFields({ headers, body }: SimulatedRequest): Fields | undefined {
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return undefined
  try {
    const value: unknown = readJson(body)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
