import { type Clock, type ConnectorError, Secrets, sendWith, systemClock, type TextValue } from '../core'
import { HttpClient, type HttpResponse } from '../http'
import { withLostZeros } from '../message'
import { type Query, queryPairs, signApiRequest } from '../signing'
import { type EnosAnswer, isBadToken, isHttpSuccess, type Meaning, partialFailure, readAnswer, refusal } from './answer'
import type { ApiCall, ApiCaller, ApiResult } from './api-call'
import { jsonText } from './body-text'
import { checkQuery } from './checked-query'
import { gatewayCodes } from './codes'
import { DeviceModels } from './device-models'
import { EnosTokenSource } from './token-source'

export interface EnosApplicationOptions {
  /** API gateway, checked by `parseBaseUrl`. */
  gatewayUrl: string
  orgId: string
  appKey: string
  appSecret: string
  /** Why nobody can log in, where a secret is not there: thrown instead of a login. */
  noSecret?: ConnectorError | undefined
  /** Host of the HTTP integration channel. */
  integrationUrl?: string | undefined
  /** The console's model import endpoint, whole. */
  modelUploadUrl?: string | undefined
  http?: HttpClient | undefined
  clock?: Clock | undefined
}

/** A request with a token: how it looks for a given one, and which answers are fine. */
export interface TokenRequest {
  /** The action in words, for errors: `Posting measurepoints`. */
  what: TextValue
  send: (accessToken: string) => Promise<HttpResponse>
  isSuccess: (answer: EnosAnswer) => boolean
  /** What an unknown code means here. */
  otherwise?: Meaning
}

/** Of an API that the user chooses: time series of many points. */
const mostAnswerBytes = 8 * 1024 * 1024

/** One EnOS application: its token, its signed calls. Lives on a config node. */
export class EnosApplication implements ApiCaller {
  readonly options: EnosApplicationOptions
  readonly http: HttpClient
  readonly #clock: Clock
  readonly #tokens: EnosTokenSource
  /** With the present token. */
  #secrets: { readonly accessToken: string; readonly all: Secrets } | undefined
  /** The thing models of the devices that are written to. */
  readonly models: DeviceModels
  #messageCount = 0

  constructor(options: EnosApplicationOptions) {
    this.options = options
    this.http = options.http ?? new HttpClient()
    this.#clock = options.clock ?? systemClock
    this.#tokens = new EnosTokenSource({ ...options, http: this.http, clock: this.#clock })
    this.models = new DeviceModels(this, this.#clock)
  }

  /** The `id` of the next message on the integration channel; the cloud echoes it. */
  nextMessageId(): string {
    this.#messageCount += 1
    return String(this.#messageCount)
  }

  /** What `nextMessageId` will give after as many others. */
  messageIdAfter(others: number): string {
    return String(this.#messageCount + others + 1)
  }

  /** The access token, cached and renewed early. */
  token(signal?: AbortSignal): Promise<string> {
    const { noSecret } = this.options
    return noSecret ? Promise.reject(noSecret) : this.#tokens.get(signal)
  }

  tokenRemainingMs(): number | undefined {
    return this.#tokens.remainingMs()
  }

  /**
   * Any signed gateway API.
   * @throws ConnectorError `INPUT_CIRCULAR`, `INPUT_INVALID`, `INPUT_EMPTY`, `AUTH_*`, `PERMISSION_DENIED`, `NOT_FOUND`, `CONFLICT`, `VALIDATION_REFUSED`,
   *   `THROTTLED`, `BILLING_LIMIT`, `CLOUD_ERROR`, `RESPONSE_UNREADABLE`, `NETWORK_*`
   */
  async call({ method, path, query, body, timeoutMs, signal }: ApiCall): Promise<ApiResult> {
    const ids = checkQuery(query)
    const upperMethod = method.trim().toUpperCase()
    const parameters = this.#parameters(path, query)
    const text = upperMethod === 'GET' || upperMethod === 'DELETE' ? undefined : jsonText(body)
    const url = `${this.options.gatewayUrl}${pathOnly(path)}${encoded(parameters)}`
    const what = `${upperMethod} ${pathOnly(path)}`
    const request = this.withToken(
      {
        what,
        isSuccess: (received) => isHttpSuccess(received) && received.code === '0',
        send: (accessToken) =>
          this.http.request({
            method: upperMethod,
            url,
            headers: {
              ...(text === undefined ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
              ...this.signedHeaders(accessToken, parameters, text),
            },
            body: text,
            maxResponseBytes: mostAnswerBytes,
            timeoutMs,
            signal,
          }),
      },
      signal,
    )
    const answer = await request.catch((failure) => {
      throw withLostZeros(failure, ids)
    })
    return {
      data: answer.data,
      statusCode: answer.statusCode,
      headers: answer.headers,
      envelope: answer.envelope ?? {},
      partial: partialFailure(what, answer),
    }
  }

  /** The three headers of a signed call, for a query (decoded text is signed) and the exact JSON text of the body. */
  signedHeaders(accessToken: string, query: Query, body: string | undefined): Record<string, string> {
    const timestampMs = this.#clock.wallMs()
    const { appSecret } = this.options
    return {
      'apim-accesstoken': accessToken,
      'apim-signature': signApiRequest({ accessToken, appSecret, timestampMs, query, body }),
      'apim-timestamp': String(timestampMs),
    }
  }

  /** Sends with the token; where the answer says that it is bad, gets another and sends once more. */
  async withToken({ what, send, isSuccess, otherwise }: TokenRequest, signal?: AbortSignal): Promise<EnosAnswer> {
    const source = { get: () => this.token(signal), drop: (refused: string) => this.#tokens.drop(refused) }
    const exchange = async (token: string) => readAnswer(await send(token), this.#clock.wallMs())
    const { credential, answer } = await sendWith(source, exchange, isBadToken)
    if (isSuccess(answer)) return answer
    if (isBadToken(answer)) this.#tokens.drop(credential)
    throw refusal(what, answer, gatewayCodes, this.#secretsWith(credential), otherwise)
  }

  close(): void {
    this.#tokens.close()
    this.http.close()
  }

  #secretsWith(accessToken: string): Secrets {
    const { appKey, appSecret } = this.options
    if (this.#secrets?.accessToken !== accessToken)
      this.#secrets = { accessToken, all: new Secrets([accessToken, appKey, appSecret]) }
    return this.#secrets.all
  }

  #parameters(path: string, query: Query | undefined): URLSearchParams {
    const parameters = new URLSearchParams()
    const ownQuery = path.includes('?') ? path.slice(path.indexOf('?') + 1) : ''
    for (const [name, value] of [...queryPairs(ownQuery), ...queryPairs(query)]) parameters.set(name, value ?? '')
    if (!parameters.has('orgId') && this.options.orgId) parameters.set('orgId', this.options.orgId)
    return parameters
  }
}

function pathOnly(path: string): string {
  return `/${path.split('?', 1)[0]?.replace(/^\/+/, '') ?? ''}`
}

function encoded(parameters: URLSearchParams): string {
  return parameters.size > 0 ? `?${parameters}` : ''
}
