import { isJsonObject, type JsonObject, parseJson } from '../core'
import { numberOf } from './fields'

/**
 * What a JSON Web Token says about itself, read from its payload segment alone: the header of the vendor's own sample
 * does not decode. The signature is the cloud's business.
 * @returns `undefined` for a text that is not such a token
 */
export function tokenPayload(token: string): JsonObject | undefined {
  const segment = token.split('.')[1]
  const payload = segment && parseJson(Buffer.from(segment, 'base64url').toString('utf8'))
  return isJsonObject(payload) ? payload : undefined
}

const longestSaneLifeMs = 10 * 365 * 86_400_000

/**
 * How long a token lives from the moment it was issued: `exp − iat`, which does not depend on this PC's clock. Without
 * a sane `iat`, what is left of `exp` by the wall clock.
 * @returns milliseconds; `undefined` when the token doesn't tell, or seems expired at birth: then it is used until the
 * cloud refuses it
 */
export function tokenLifeMs(payload: JsonObject, wallMs: number): number | undefined {
  const expiresAtSeconds = numberOf(payload['exp'])
  if (expiresAtSeconds === undefined) return undefined
  const issuedAtSeconds = numberOf(payload['iat']) ?? Number.NaN
  const lives = [(expiresAtSeconds - issuedAtSeconds) * 1000, expiresAtSeconds * 1000 - wallMs]
  return lives.find((lifeMs) => lifeMs > 0 && lifeMs <= longestSaneLifeMs)
}
