import { hexDigest } from './digest'

export interface PasswordDigestOptions {
  /** The given text already is the MD5 digest; it is only lower-cased. */
  isDigest?: boolean
}

/**
 * The `password` field of the Thing+ password grant: lower-case hex MD5 of the password's UTF-8 bytes, no line end.
 * The digest opens the account just as the password does: treat it as a secret.
 *
 * Source: Thing+ "Interworking Guide with HTTPS and OAuth2"; docs/protocol/thingplus.md §4.2.
 */
export function passwordDigest(password: string, { isDigest = false }: PasswordDigestOptions = {}): string {
  return isDigest ? password.trim().toLowerCase() : hexDigest('md5', password)
}
