import { ConnectorError } from './errors'
import { say, type TextValue } from './text'

/** More does not fit into the headers that servers take. */
const longestCredential = 8_192

/**
 * A token or session id that the cloud has sent, as it can be sent back: visible ASCII.
 * @param what the request that was answered
 * @throws ConnectorError `RESPONSE_UNREADABLE` for any other; it must not be kept
 */
export function checkedCredential(credential: string, what: TextValue): string {
  if (credential.length <= longestCredential && /^[\x21-\x7e]+$/.test(credential)) return credential
  throw new ConnectorError(
    'RESPONSE_UNREADABLE',
    say`${what}: the cloud sent a token or session id that HTTP cannot send back (control characters, blanks, or too long). It was discarded; ask the cloud's operator.`,
  )
}
