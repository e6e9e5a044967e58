import { hexDigest } from './digest'
import { canonicalQuery, type Query } from './query'

export interface ApiSignatureInput {
  accessToken: string
  appSecret: string
  /** The value of the `apim-timestamp` header: Unix milliseconds, or the same digits as text. */
  timestampMs: number | string
  /** The URL's query. Decoded text is what is signed, whatever the encoding on the wire. */
  query?: Query | undefined
  /** The exact JSON text of the body; leave it out for GET, DELETE, multipart and other bodies that are not JSON. */
  body?: string | undefined
}

/**
 * The `apim-signature` header of a signed EnOS API call: lower-case hex SHA-256 of the UTF-8 text
 * `accessToken + query + body + timestamp + appSecret`. Path, method, host and headers are not signed.
 *
 * The body must be the very text that is sent: serialise once.
 * Source: EnOS "Invoking API with Access Token"; docs/protocol/enos.md §4.1.
 */
export function signApiRequest({ accessToken, appSecret, timestampMs, query, body }: ApiSignatureInput): string {
  return hexDigest('sha256', `${accessToken}${canonicalQuery(query)}${body ?? ''}${timestampMs}${appSecret}`)
}
