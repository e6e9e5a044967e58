import { ConnectorError, type ErrorCode, joined, say, type Text } from '../core'
import { askedWaitMs, suspectingClock } from '../http'
import type { Answer } from './answer'
import { dialects } from './dialect'
import { ownValue } from './fields'

/**
 * What the cloud's own codes mean here; a code counts more than the HTTP status, but `UNKNOWN` tells nothing.
 * Source: docs/protocol/thingplus.md §3.2, §3.3.
 */
const meaningOfCode: Readonly<Record<string, ErrorCode>> = {
  SCHEMA_VALIDATE: 'VALIDATION_REFUSED',
  INVALID_INPUT: 'VALIDATION_REFUSED',
  MISMATCH_ERROR: 'VALIDATION_REFUSED',
  JSON_PARSING: 'VALIDATION_REFUSED',
  NOT_FOUND: 'NOT_FOUND',
  NOT_FOUND_IN_ITEM: 'NOT_FOUND',
  QUERY_RESULT_EMPTY: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  NEED_LOGIN: 'AUTH_EXPIRED',
  ACCESSGROUP_DENY: 'PERMISSION_DENIED',
  ACL_DENY: 'PERMISSION_DENIED',
  BILLING: 'BILLING_LIMIT',
  USER_ERROR: 'CLOUD_ERROR',
  AUTH_ERROR: 'CLOUD_ERROR',
  ACL_ERROR: 'CLOUD_ERROR',
  LIBRARY_ERROR: 'CLOUD_ERROR',
  INTERNAL_ERROR: 'CLOUD_ERROR',
  RELATION_ERROR: 'CLOUD_ERROR',
  DB_INTERNAL_ERROR: 'CLOUD_ERROR',
  PROCESS_COMMAND_RESULT: 'CLOUD_ERROR',
}

const meaningOfStatus: Readonly<Record<number, ErrorCode>> = {
  207: 'PARTIAL_FAILURE',
  401: 'AUTH_EXPIRED',
  402: 'BILLING_LIMIT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'CLOUD_ERROR',
  409: 'CONFLICT',
  413: 'TOO_LARGE',
  429: 'THROTTLED',
  444: 'CLOUD_ERROR',
  471: 'BILLING_LIMIT',
}

const advice: Readonly<Partial<Record<ErrorCode, Text>>> = {
  VALIDATION_REFUSED: say`The cloud refuses the content of the request. Correct it; sending it again as it is won’t help.`,
  NOT_FOUND: say`The cloud has no such item. Check the ids, and that the API base URL ends with the version (/v2).`,
  CONFLICT: say`The id is taken already. Ids are shared by all customers of the cloud: choose another one.`,
  AUTH_EXPIRED: say`The cloud refuses the token, even a new one. Check the OAuth client and the user in the portal.`,
  PERMISSION_DENIED: say`This is not yours, or the OAuth client’s scopes don’t cover it. Check the id, the user’s rights and the scopes.`,
  BILLING_LIMIT: say`The plan of your Thing+ service does not allow more. Remove something or have the plan raised.`,
  PARTIAL_FAILURE: say`A part of the request failed.`,
  TOO_LARGE: say`The cloud finds the request too large. Send fewer values in one message.`,
  THROTTLED: say`The cloud asks for fewer requests. Send less often.`,
  CONFIG_INVALID_URL: say`The cloud redirects to another address. Check the API base URL (https, host, version).`,
  CLOUD_ERROR: say`The cloud failed. Try again later; if it keeps failing, ask its operator.`,
}

/**
 * The error for an answer that is no success.
 * @param target method and path, for the text
 * @param wallMs the time now, for a `Retry-After` that is a date
 */
export function refusal(answer: Answer, target: string, wallMs: number): ConnectorError {
  const code = errorCodeOf(answer)
  const said = [answer.cloudCode ?? answer.errorName, answer.message]
  const source = ['HTTP', answer.statusCode, ...said.filter(Boolean).map((word) => `– ${word}`)].join(' ')
  const hint = namesDialect(answer, target) ? [dialectHint] : []
  const text = joined([advice[code] ?? say`The cloud refuses the request.`, ...hint, `(${target}: ${source})`], ' ')
  const error = new ConnectorError(code, text, {
    statusCode: answer.statusCode,
    cloudCode: answer.cloudCode ?? answer.errorName,
    retryAfterMs: askedWaitMs(answer.headers, wallMs),
  })
  return code.startsWith('AUTH_') ? suspectingClock(error, answer.headers, wallMs) : error
}

const dialectHint = say`Another generation of the service has a different name for this field: choose its API dialect in the Thing+ configuration.`

const dialectKeys = new Set(
  Object.values(dialects).flatMap(({ gatewayIdKey, statusLifeKey }): string[] => [gatewayIdKey, statusLifeKey]),
)

/** Whether the cloud misses, or does not know, a field of the body that the dialects call differently. */
function namesDialect({ statusCode, message = '' }: Answer, target: string): boolean {
  if (statusCode !== 400 || !/\/(registerGateway|status)$/.test(target)) return false
  return [...message.matchAll(/(?:^|\bbody\.)(\w{1,40})/g)].some(([, key = '']) => dialectKeys.has(key))
}

function errorCodeOf({ statusCode, cloudCode }: Answer): ErrorCode {
  const known = statusCode === 207 ? undefined : ownValue(meaningOfCode, cloudCode)
  return known ?? meaningOfStatus[statusCode] ?? meaningOfClass(statusCode)
}

function meaningOfClass(statusCode: number): ErrorCode {
  if (statusCode >= 500) return 'CLOUD_ERROR'
  if (statusCode >= 400) return 'VALIDATION_REFUSED'
  return statusCode >= 300 ? 'CONFIG_INVALID_URL' : 'PARTIAL_FAILURE'
}

export function isRefusal(failure: unknown, ...codes: ErrorCode[]): failure is ConnectorError {
  return failure instanceof ConnectorError && codes.includes(failure.code)
}

/** Whether the cloud says that an item is somebody else's, and not that the token's scopes don't cover it. */
export function isForeign(failure: unknown): failure is ConnectorError {
  return isRefusal(failure, 'PERMISSION_DENIED') && failure.cloudCode === 'ACCESSGROUP_DENY'
}
