import { randomUUID } from 'node:crypto'
import { signApiRequest } from '../../signing'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import type { App } from './enos-seed'
import type { EnosOptions } from './options'
import type { TokenService } from './token-service'

/**
 * Why the gateway does not know who is calling; the codes are those of the token service.
 * Source: docs/protocol/enos.md §3.4, §4.5.
 */
export type IdentityProblem = 'no-token' | 'expired-token' | 'bad-timestamp' | 'bad-signature'

const codes: Record<IdentityProblem, { code: number; text: string }> = {
  'no-token': { code: 1202, text: 'apim-accesstoken, apim-signature and apim-timestamp are mandatory' },
  'expired-token': { code: 1203, text: 'The access token is unknown or has expired' },
  'bad-timestamp': { code: 1004, text: "apim-timestamp is not in milliseconds or too far from the server's clock" },
  'bad-signature': { code: 1003, text: 'apim-signature does not match' },
}

/** Who is calling: by the three apim headers, or by the token alone. */
export class GatewayAuth {
  readonly #tokens: TokenService
  readonly #options: EnosOptions

  constructor(tokens: TokenService, options: EnosOptions) {
    this.#tokens = tokens
    this.#options = options
  }

  /** The app by token, timestamp and signature. `body` takes part in the signature only when it is JSON. */
  signed({ method, url, headers, body, receivedMs }: SimulatedRequest): App | IdentityProblem {
    const accessToken = headers['apim-accesstoken']
    const signature = headers['apim-signature']
    const timestamp = headers['apim-timestamp']
    if (typeof accessToken !== 'string' || !signature || typeof timestamp !== 'string') return 'no-token'
    const app = this.#tokens.appOf(accessToken, receivedMs)
    if (!app) return 'expired-token'
    const { clockSkewMs } = this.#options
    const skewMs = Math.abs(receivedMs - Number(timestamp))
    if (!/^\d+$/.test(timestamp) || skewMs > (clockSkewMs ?? Infinity)) return 'bad-timestamp'
    const hasJson = method !== 'GET' && method !== 'DELETE' && /\bjson\b/i.test(headers['content-type'] ?? '')
    const expected = signApiRequest({
      accessToken,
      appSecret: app.appSecret,
      timestampMs: timestamp,
      query: url.search,
      body: hasJson ? body.toString() : undefined,
    })
    return signature === expected ? app : 'bad-signature'
  }

  /** The app by its token alone, as the integration channel takes it. */
  byToken(accessToken: unknown, now: number): App | IdentityProblem {
    if (typeof accessToken !== 'string' || accessToken === '') return 'no-token'
    return this.#tokens.appOf(accessToken, now) ?? 'expired-token'
  }

  refusal(problem: IdentityProblem): SimulatedReply {
    const { code, text } = codes[problem]
    const { gatewayEnvelope, gatewayRejectHttpStatus: status } = this.#options
    if (gatewayEnvelope === 'code') return gatewayReply(status, code, text)
    if (gatewayEnvelope === 'status') return { status, body: { status: code, msg: text, data: null } }
    const apimStatus = problem === 'expired-token' ? 4011 : 4012
    return { status, body: { apim_status: apimStatus, msg: text } }
  }
}

/** The envelope of the gateway's APIs and of the integration channel; 0 is success. */
export function gatewayReply(http: number, code: number, msg: string, data: unknown = null, more = {}): SimulatedReply {
  return { status: http, body: { code, msg, requestId: randomUUID(), data, ...more } }
}
