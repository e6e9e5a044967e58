import { type ErrorCode, say, type Text } from '../core'

/** What a TLS library's code means to a user. */
export interface TlsFault {
  code: Extract<ErrorCode, 'NETWORK_TLS' | 'CONFIG_INVALID'>
  /** What is wrong and what to do. */
  text: Text
}

const chooseCa = say`Choose a TLS configuration that holds the CA's certificate.`

const reasons: readonly [codes: RegExp, reason: Text][] = [
  [
    /^CERT_HAS_EXPIRED$/,
    say`The other side's certificate has expired. Its operator has to renew it; is this PC's date right?`,
  ],
  [/^CERT_NOT_YET_VALID$/, say`The other side's certificate is not valid yet. Is this PC's date right?`],
  [/^CERT_REVOKED$/, say`The other side's certificate was revoked. Ask its operator.`],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    say`The other side's certificate was made for another host. Check the host in the URL, or the server name in the TLS configuration.`,
  ],
  [
    /^(DEPTH_ZERO_)?SELF_SIGNED_CERT/,
    say`The other side's certificate is signed by itself or by a CA that is not known here. ${chooseCa}`,
  ],
  [
    /^(UNABLE_TO_|CERT_UNTRUSTED|INVALID_CA)/,
    say`The CA of the other side's certificate is not known here. ${chooseCa}`,
  ],
  [
    /^ERR_SSL_[A-Z0-9]{1,20}_ALERT_(CERTIFICATE|BAD_CERTIFICATE|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/,
    say`The other side refuses this PC: it wants a client certificate, or another one. Choose a TLS configuration that holds it and its key.`,
  ],
  [
    /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|[A-Z0-9]{1,20}_ALERT_PROTOCOL_VERSION))/,
    say`The other side does not speak TLS on this port, or only an outdated version. Check https:// or http:// and the port.`,
  ],
  [
    /^(ERR_TLS|ERR_SSL|CERT_|CRL_)/,
    say`Check the host name and the certificate, or choose a TLS configuration that holds its CA.`,
  ],
]

/** `undefined` if the code is not one of TLS. */
export function tlsFault(systemCode: string): TlsFault | undefined {
  if (/^ERR_(OSSL|CRYPTO)/.test(systemCode)) {
    const text = say`The certificate, key or passphrase of the TLS configuration cannot be used (${systemCode}). Open it and choose them again.`
    return { code: 'CONFIG_INVALID', text }
  }
  const reason = reasons.find(([codes]) => codes.test(systemCode))?.[1]
  return reason === undefined ? undefined : { code: 'NETWORK_TLS', text: say`TLS failed (${systemCode}). ${reason}` }
}
