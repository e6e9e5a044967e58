// Codes of errors by what raises them; `docs/troubleshooting.md` explains each. Marked as pure, they stay out of the editor's pages.

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
/** Values that go to EnOS, now or through an outbox. */
export const enosValueCodes = /* @__PURE__ */ settingCodes.concat(cloudCodes, requestCodes, outboxCodes, [
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_CIRCULAR',
  'INPUT_TOO_LARGE',
  'AUTH_LOGIN_LIMIT',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'PARTIAL_FAILURE',
])
/** Values that have a time. */
export const datedValueCodes = ['INPUT_TIME_INVALID', 'CLOCK_NOT_SET']
/** Devices and sensors that are registered with Thing+. */
export const registrationCodes = /* @__PURE__ */ settingCodes.concat(cloudCodes, requestCodes, [
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'CONFLICT',
  'VALIDATION_REFUSED',
  'BILLING_LIMIT',
])
