import type { buildConnector } from 'undici'
import { passOverInterimAnswers } from './interim-answers'
import type { TlsSettings } from './transport-settings'
import { loadUndici } from './undici'

/** How long connecting may take, the name's look-up and TLS included. */
export const connectTimeoutMs = 10_000

/** Connects to a cloud or proxy, plain or TLS, or speaks TLS through the tunnel that is given as `httpSocket`. */
export function cloudConnector(tls: TlsSettings = {}): buildConnector.connector {
  const connect = loadUndici().buildConnector({
    timeout: connectTimeoutMs,
    ca: tls.certificateAuthority,
    cert: tls.certificate,
    key: tls.key,
    pfx: tls.pfx,
    passphrase: tls.passphrase,
    servername: tls.serverName,
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
  })
  return (target, connected) =>
    connect(target, (...[failure, socket]: Parameters<buildConnector.Callback>) => {
      if (!socket) return connected(failure as Error, null)
      // The first error says why: TLS 1.3 refuses a client certificate after the handshake, and then just closes.
      socket.prependOnceListener('error', (reason: Error) => socket.destroy(reason))
      passOverInterimAnswers(socket)
      connected(null, socket)
    })
}
