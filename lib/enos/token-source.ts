import {
  type Clock,
  ConnectorError,
  checkedCredential,
  type Issued,
  isJsonObject,
  Renewable,
  Secrets,
  say,
} from '../core'
import type { HttpClient } from '../http'
import { tokenEncryption } from '../signing'
import { type EnosAnswer, isHttpSuccess, loginRefusal, readAnswer } from './answer'
import { tokenServiceCodes } from './codes'

export interface TokenSourceOptions {
  http: HttpClient
  /** The API gateway, checked, without trailing slash. */
  gatewayUrl: string
  appKey: string
  appSecret: string
  clock: Clock
}

const gettingToken = say`Getting an access token`
const renewBeforeEndMs = 10 * 60_000
const shareOfShortLife = 0.8
/** So far ahead of the clock timestamps may run that are made one after the other. */
const mostLeadMs = 10_000

/**
 * The application's access token: one per config node, renewed when under ten minutes remain (at 80 % of a shorter
 * life), one request in flight. Source: docs/protocol/enos.md §3.1, §3.3.
 */
export class EnosTokenSource {
  readonly #options: TokenSourceOptions
  readonly #token: Renewable<string>
  #lastTimestampMs = 0

  constructor(options: TokenSourceOptions) {
    this.#options = options
    this.#token = new Renewable((current, signal) => this.#obtain(current, signal), options.clock)
  }

  /** @throws ConnectorError `AUTH_REFUSED` for a wrong key or secret, `NETWORK_*`, `CLOUD_ERROR` */
  get(signal?: AbortSignal): Promise<string> {
    return this.#token.get(signal)
  }

  /** The cloud refused this token: the next `get` asks for another. */
  drop(token: string): void {
    this.#token.drop(token)
  }

  remainingMs(): number | undefined {
    return this.#token.remainingMs()
  }

  close(): void {
    this.#token.close()
  }

  /**
   * A valid token is refreshed, because `get` would answer with the same one; for an expired or refused one a new one is
   * got.
   */
  async #obtain(current: string | undefined, signal: AbortSignal): Promise<Issued<string>> {
    if (current !== undefined) {
      try {
        return await this.#request('refresh', { accessToken: current }, signal)
      } catch (failure) {
        if (!(failure instanceof ConnectorError && failure.cloudCode !== undefined)) throw failure
      }
    }
    return this.#request('get', {}, signal)
  }

  async #request(
    action: 'get' | 'refresh',
    more: { accessToken?: string },
    signal: AbortSignal,
  ): Promise<Issued<string>> {
    const answer = await this.#send(action, more, signal)
    const issued = readToken(answer)
    if (issued) return issued
    const { appKey, appSecret } = this.#options
    const secrets = new Secrets([appKey, appSecret, more.accessToken ?? ''])
    throw loginRefusal(gettingToken, answer, tokenServiceCodes, secrets)
  }

  async #send(action: 'get' | 'refresh', more: { accessToken?: string }, signal: AbortSignal): Promise<EnosAnswer> {
    const answer = await this.#sendOnce(action, more, signal)
    return answer.code === '1001' ? this.#sendOnce(action, more, signal) : answer
  }

  async #sendOnce(action: 'get' | 'refresh', more: { accessToken?: string }, signal: AbortSignal): Promise<EnosAnswer> {
    const { http, gatewayUrl, appKey, appSecret } = this.#options
    const timestampMs = this.#freshTimestamp()
    const encryption = tokenEncryption({ appKey, appSecret, timestampMs })
    const response = await http.request({
      method: 'POST',
      url: `${gatewayUrl}/apim-token-service/v2.0/token/${action}`,
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body: JSON.stringify({ appKey, encryption, timestamp: timestampMs, ...more }),
      signal,
    })
    return readAnswer(response, this.#options.clock.wallMs())
  }

  /**
   * Never the same twice: the service refuses a repeated `encryption` with 1001. But the clock counts more where it was set
   * back: a time ahead would be refused for good.
   */
  #freshTimestamp(): number {
    const wallMs = this.#options.clock.wallMs()
    const nextMs = this.#lastTimestampMs + 1
    this.#lastTimestampMs = nextMs - wallMs < mostLeadMs ? Math.max(wallMs, nextMs) : wallMs
    return this.#lastTimestampMs
  }
}

function readToken({ statusCode, code, data }: EnosAnswer): Issued<string> | undefined {
  if (!isHttpSuccess({ statusCode }) || code !== '0' || !isJsonObject(data)) return undefined
  const { accessToken, expire } = data
  const lifeMs = Number(expire) * 1000
  if (typeof accessToken !== 'string' || !accessToken || !Number.isFinite(lifeMs)) return undefined
  checkedCredential(accessToken, gettingToken)
  return {
    value: accessToken,
    renewAfterMs: Math.max(lifeMs - renewBeforeEndMs, lifeMs * shareOfShortLife),
    expiresAfterMs: lifeMs,
  }
}
