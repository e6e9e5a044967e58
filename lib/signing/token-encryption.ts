import { hexDigest } from './digest'

export interface TokenEncryptionInput {
  appKey: string
  appSecret: string
  /** The request's `timestamp`: Unix milliseconds, or the same digits as text. */
  timestampMs: number | string
}

/**
 * The `encryption` field of the EnOS token service, for both `token/get` and `token/refresh`: lower-case hex SHA-256 of
 * the UTF-8 text `appKey + timestamp + appSecret`. The refresh call does not hash the access token.
 *
 * The service refuses a repeated value (status 1001), so never send the same timestamp twice with one key.
 * Source: EnOS "Get Access Token" and "Refresh Access Token"; docs/protocol/enos.md §3.2.
 */
export function tokenEncryption({ appKey, appSecret, timestampMs }: TokenEncryptionInput): string {
  return hexDigest('sha256', `${appKey}${timestampMs}${appSecret}`)
}
