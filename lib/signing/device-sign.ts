import { hexDigest } from './digest'

export interface DeviceSignInput {
  productKey: string
  deviceKey: string
  deviceSecret: string
  /** The `lifetime` of the login body, in milliseconds; where it is sent as text, sign the same text. */
  lifetimeMs: number | string
  /** The documentation asks for upper case, Envision's own HTTP clients send lower case (the default). */
  upperCase?: boolean
}

/**
 * The `sign` field of the EnOS device login over HTTP: hex SHA-256 of
 * `deviceKey{dk}lifetime{ms}productKey{pk}signMethodsha256{deviceSecret}`; the secret is appended bare.
 *
 * Source: EnOS "Establishing HTTP-based Connection"; docs/protocol/enos.md §6.2.
 */
export function deviceSign({
  productKey,
  deviceKey,
  deviceSecret,
  lifetimeMs,
  upperCase = false,
}: DeviceSignInput): string {
  const text = `deviceKey${deviceKey}lifetime${lifetimeMs}productKey${productKey}signMethodsha256${deviceSecret}`
  const sign = hexDigest('sha256', text)
  return upperCase ? sign.toUpperCase() : sign
}
