import { type Clock, sendWith } from '../core'
import type { HttpClient, HttpResponse } from '../http'
import { type Answer, readAnswer, requireMark } from './answer'
import { type ApiRequest, exchange } from './exchange'
import type { ThingPlusToken, ThingPlusTokenSource } from './oauth-source'
import { refusal } from './refusal'

export interface ThingPlusClientOptions {
  /** API base URL with its version, no trailing slash. */
  baseUrl: string
  tokens: ThingPlusTokenSource
  http: HttpClient
  clock: Clock
}

/** What the authentication layer calls a token that it no longer takes. */
const tokenFaults = new Set(['TokenExpiredError', 'JsonWebTokenError'])

/**
 * Signed-in requests to the API. A refused token is renewed and the request repeated, once; there is no other retry.
 *
 * Source: docs/protocol/thingplus.md §3.1, §4.6.
 */
export class ThingPlusClient {
  readonly #options: ThingPlusClientOptions

  constructor(options: ThingPlusClientOptions) {
    this.#options = options
  }

  /**
   * @param path below the base URL, its ids encoded: see `apiPath`
   * @throws ConnectorError for every answer but a full success: `VALIDATION_REFUSED`, `NOT_FOUND`, `PERMISSION_DENIED`,
   * `CONFLICT`, `PARTIAL_FAILURE`, `BILLING_LIMIT`, `THROTTLED`, `TOO_LARGE`, `AUTH_EXPIRED`, `CLOUD_ERROR`,
   * `RESPONSE_UNREADABLE`; and what `ThingPlusTokenSource.get` throws
   */
  async request(method: string, path: string, request: ApiRequest = {}): Promise<Answer> {
    const answer = await this.exchange(method, path, request)
    this.requireSuccess(answer, method, path, request.itemId)
    return answer
  }

  /** Throws as `request` does. */
  requireSuccess(answer: Answer, method: string, path: string, itemId?: string): void {
    const isRefused = answer.statusCode >= 300 || answer.statusCode === 207 || answer.problems.length > 0
    if (isRefused) throw this.#refusal(answer, method, path)
    requireMark(answer, `${method} ${decodeURIComponent(path)}`, itemId)
  }

  /** As `request`, but any answer is returned, for callers who know what to make of a 207. */
  async exchange(method: string, path: string, request: ApiRequest = {}): Promise<Answer> {
    const send = (token: ThingPlusToken) => this.#send(token, method, path, request)
    const { answer } = await sendWith(this.#options.tokens, send, isTokenRefused, request.signal)
    return answer
  }

  #refusal(answer: Answer, method: string, path: string): ReturnType<typeof refusal> {
    const target = `${method} ${decodeURIComponent(path)}`
    const status = isTokenRefused(answer) ? { ...answer, statusCode: 401 } : answer
    return refusal(status, target, this.#options.clock.wallMs())
  }

  #send(token: ThingPlusToken, method: string, path: string, request: ApiRequest): Promise<Answer> {
    const { http, baseUrl, tokens } = this.#options
    return exchange(http, method, `${baseUrl}${path}`, { authorization: authorization(token) }, request, [
      token.accessToken,
      ...tokens.secrets,
    ])
  }
}

/** The header by which a request shows its token. */
export function authorization({ tokenType, accessToken }: Pick<ThingPlusToken, 'tokenType' | 'accessToken'>): string {
  return `${tokenType} ${accessToken}`
}

/** Whether an answer that somebody else has fetched says that the token is not good any more. */
export function refusesThingPlusToken(response: HttpResponse): boolean {
  try {
    return isTokenRefused(readAnswer(response, ''))
  } catch {
    // Not JSON: whoever answered, it is not about the token.
    return false
  }
}

/** 403 is overloaded: only the authentication layer's own error names speak of the token. */
function isTokenRefused({ statusCode, errorName }: Answer): boolean {
  return statusCode === 401 || (statusCode === 403 && tokenFaults.has(errorName ?? ''))
}
