export interface TlsSettings {
  certificateAuthority?: string | Buffer | undefined
  certificate?: string | Buffer | undefined
  key?: string | Buffer | undefined
  pfx?: string | Buffer | undefined
  passphrase?: string | undefined
  serverName?: string | undefined
  /** `false` only where the user switched the check off in the TLS configuration. */
  rejectUnauthorized?: boolean | undefined
}

export interface ProxySettings {
  /** URL of the proxy, with user name and password where it asks for them. */
  url: string
  /** Hosts reached without the proxy: names, `.suffix`, `*`. */
  noProxy?: readonly string[] | undefined
}
