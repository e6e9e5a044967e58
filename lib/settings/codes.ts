// Codes of errors by what raises them; `docs/troubleshooting.md` explains each.

/** What every setting may be. */
export const settingCodes = ['CONFIG_INCOMPLETE', 'CONFIG_INVALID', 'CONFIG_ENV_UNSET']
/** The way to a cloud, and its answers. */
export const cloudCodes = [
  'CONFIG_INVALID_URL',
  'NETWORK_NAME_UNKNOWN',
  'NETWORK_UNREACHABLE',
  'NETWORK_TIMEOUT',
  'NETWORK_INTERRUPTED',
  'NETWORK_TLS',
  'NETWORK_PROXY',
  'NETWORK_WEB_PAGE',
  'AUTH_REFUSED',
  'NOT_FOUND',
  'CLOUD_ERROR',
  'RESPONSE_UNREADABLE',
  'RESPONSE_TOO_LARGE',
]
/** A message that asks a cloud for something. */
export const requestCodes = ['THROTTLED', 'ABORTED', 'INTERNAL']
export const outboxCodes = ['OUTBOX_FULL', 'OUTBOX_UNAVAILABLE']
