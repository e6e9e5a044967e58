import {
  ConnectorError,
  type ErrorCode,
  isJsonObject,
  type Json,
  type JsonObject,
  parseAnswer,
  type Secrets,
  say,
  type Text,
  type TextValue,
} from '../core'
import { askedWaitMs, type HttpResponse, suspectingClock } from '../http'

/** An answer of any EnOS host, before it is judged. */
export interface EnosAnswer {
  statusCode: number
  headers: HttpResponse['headers']
  /** The parsed body where it is a JSON object. */
  envelope: JsonObject | undefined
  /** `code`, `status` or `apim_status`, whichever the host speaks, as text; `undefined` for anything but a number. */
  code: string | undefined
  /** `msg` or `message`, with `submsg` where there is one. */
  message: string
  data: Json | undefined
  retryAfterMs: number | undefined
  /** The PC's clock when it came, Unix ms. */
  wallMs: number
}

/**
 * Understands every envelope: token service (`status`, also `stauts`), gateway, device broker, integration.
 * Source: docs/protocol/enos.md §2.2.
 * @throws ConnectorError `RESPONSE_TOO_LARGE`
 */
export function readAnswer(response: HttpResponse, wallMs: number): EnosAnswer {
  const parsed = parseAnswer(response.body.toString('utf8'))
  const envelope = isJsonObject(parsed) ? parsed : undefined
  const code = envelope && (envelope.apim_status ?? envelope.code ?? envelope.status ?? envelope.stauts)
  return {
    statusCode: response.statusCode,
    headers: response.headers,
    envelope,
    code: /^-?\d{1,9}$/.test(String(code)) ? String(code) : undefined,
    message: [envelope?.msg ?? envelope?.message, envelope?.submsg]
      .filter((text) => typeof text === 'string')
      .join(', '),
    data: envelope?.data,
    retryAfterMs: askedWaitMs(response.headers, wallMs),
    wallMs,
  }
}

export function isHttpSuccess({ statusCode }: { statusCode: number }): boolean {
  return statusCode >= 200 && statusCode < 300
}

const badTokenCodes = new Set(['1203', '4011', '4012'])

/** The access token is unknown there, or has expired. */
export function isBadToken({ statusCode, code }: EnosAnswer): boolean {
  return statusCode === 401 || (code !== undefined && (badTokenCodes.has(code) || code === '401'))
}

/**
 * The same of an answer that somebody else has fetched from the gateway.
 * @param wallMs the PC's clock when it came
 */
export function refusesEnosToken(response: HttpResponse, wallMs: number): boolean {
  return isBadToken(readAnswer(response, wallMs))
}

/** What one code of one EnOS service means to the user. */
export interface Meaning {
  code: ErrorCode
  /** What to do about it. */
  advice: Text
}
export type CodeTable = Readonly<Record<string, Meaning>>

/**
 * The error for an answer that is no success: by the service's own code first, then by the HTTP status.
 * @param what the action in words, for the text: `Posting measurepoints`
 * @param secrets texts that must not appear even where the cloud echoes them
 * @param otherwise what a code means that the table does not hold
 */
export function refusal(
  what: TextValue,
  answer: EnosAnswer,
  table: CodeTable,
  secrets: Secrets,
  otherwise: Meaning = unknownCode,
): ConnectorError {
  const { statusCode, code, retryAfterMs } = answer
  const own = code === undefined ? undefined : table[code]
  const meaning = own ?? byHttpStatus(statusCode) ?? (tellsFailure(answer) ? otherwise : whatIsNoFailure(answer))
  const said = secrets.redacted(answer.message)
  const where = code === undefined ? `HTTP ${statusCode}` : say`HTTP ${statusCode}, code ${code}`
  const text = said
    ? say`${what}: ${meaning.advice} EnOS answered "${said}" (${where}).`
    : say`${what}: ${meaning.advice} (${where})`
  const error = new ConnectorError(meaning.code, text, { statusCode, cloudCode: code, retryAfterMs })
  // Whatever bears a signature bears a time, and the code for a wrong one is published nowhere.
  const isSuspect = meaning.code.startsWith('AUTH_') || meaning === unknownCode
  return isSuspect ? suspectingClock(error, answer.headers, answer.wallMs) : error
}

/**
 * The same for a token or a session that the cloud did not give: where the PC's clock is off, that comes first, and the login
 * is refused, whatever code the cloud names. It says nothing about what was to be sent.
 */
export function loginRefusal(...refused: Parameters<typeof refusal>): ConnectorError {
  const [, { headers, wallMs }] = refused
  const error = refusal(...refused)
  if (error.code !== 'VALIDATION_REFUSED') return error
  const suspecting = suspectingClock(error, headers, wallMs)
  return suspecting === error ? error : new ConnectorError('AUTH_REFUSED', suspecting.text, error)
}

/**
 * Whether the answer bears the mark by which a host of EnOS says that it took data: HTTP 2xx and its own `code`, and no
 * word of a failure beside it. Anything else on the way may say `{"status":200}` or `{}`.
 * @param codes those that mean success there
 */
export function hasTaken(answer: EnosAnswer, codes: readonly string[]): boolean {
  const code = answer.envelope?.code
  return isHttpSuccess(answer) && codes.includes(String(code)) && !isPartial(answer)
}

/** No partial success of the data channels is published; these are the words of other calls for it. */
function isPartial({ envelope = {} }: EnosAnswer): boolean {
  const { errors, successSize, totalSize } = envelope
  if (Array.isArray(errors) && errors.length > 0) return true
  return typeof successSize === 'number' && typeof totalSize === 'number' && successSize < totalSize
}

/**
 * What a call that EnOS accepted has not done of what it was to do; `undefined` where it has done all. A batch says so by
 * `successSize` and `totalSize` (docs/protocol/enos.md §9.4), others by a list of `errors`; what of it failed, the answer tells.
 * `PARTIAL_FAILURE`, or `VALIDATION_REFUSED` where it has done no row at all.
 */
export function partialFailure(what: TextValue, answer: EnosAnswer): ConnectorError | undefined {
  if (!isPartial(answer)) return undefined
  const { successSize, totalSize } = answer.envelope ?? {}
  const text =
    typeof successSize === 'number' && typeof totalSize === 'number' && successSize < totalSize
      ? say`${what}: EnOS has done ${successSize} of ${totalSize} rows. The answer tells of each of the others why it failed.`
      : say`${what}: EnOS has done a part of it only. The answer's "errors" tell what failed.`
  const code = successSize === 0 ? 'VALIDATION_REFUSED' : 'PARTIAL_FAILURE'
  return new ConnectorError(code, text, { statusCode: answer.statusCode })
}

/** EnOS itself says that it did not do it. */
function tellsFailure({ code, envelope }: EnosAnswer): boolean {
  return (code !== undefined && code !== '0' && code !== '200') || envelope?.successful === false
}

function whatIsNoFailure(answer: EnosAnswer): Meaning {
  return isPartial(answer) ? partly : unmarked
}

function byHttpStatus(statusCode: number): Meaning | undefined {
  if (statusCode === 401) return { code: 'AUTH_REFUSED', advice: say`The key or the secret is refused; check both.` }
  if (statusCode === 403)
    return { code: 'PERMISSION_DENIED', advice: say`The permission is missing; grant it in the EnOS console.` }
  if (statusCode === 404)
    return {
      code: 'NOT_FOUND',
      advice: say`There is nothing at this address. Check the URL in the configuration: is it the right host?`,
    }
  if (statusCode === 413) return { code: 'TOO_LARGE', advice: say`That was too much. Send less at a time.` }
  if (statusCode === 429) return { code: 'THROTTLED', advice: say`That was too often. Send less often.` }
  if (statusCode >= 500) return { code: 'CLOUD_ERROR', advice: say`The fault is on the cloud side; try again later.` }
  if (statusCode >= 300 && statusCode < 400) {
    return {
      code: 'CLOUD_ERROR',
      advice: say`The host redirects to another address, and redirects are not followed; check the URL.`,
    }
  }
  return undefined
}

const unknownCode: Meaning = {
  code: 'CLOUD_ERROR',
  advice: say`EnOS refused the request; its documentation explains the code.`,
}
const partly: Meaning = { code: 'PARTIAL_FAILURE', advice: say`A part of the request failed.` }
const unmarked: Meaning = {
  code: 'RESPONSE_UNREADABLE',
  advice: say`This answer is not from EnOS; check the URL and the proxies on the way.`,
}
