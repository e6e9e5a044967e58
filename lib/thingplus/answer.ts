import type { IncomingHttpHeaders } from 'node:http'
import { ConnectorError, isJsonObject, type Json, type JsonObject, parseAnswer, Secrets, say } from '../core'
import type { HttpResponse } from '../http'
import { numberOf, objectOf, objectsOf, textOf, wordOf } from './fields'

/** An answer of the API, with or without its envelope. */
export interface Answer {
  /** HTTP status; the envelope's where HTTP says 200 and the envelope does not. */
  statusCode: number
  headers: IncomingHttpHeaders
  /** Whether it is enveloped with the status of a success, and no word of a failure beside it: the cloud's own mark. */
  isMarked: boolean
  /** The envelope's `data`, or the whole body where there is no envelope; `undefined` for none. */
  data: Json | undefined
  /** The envelope's `_meta`: `total`, `count`, `page` … */
  meta: JsonObject
  /** The envelope's `errors`: of a failed request, or of the failed children in a 207. */
  problems: JsonObject[]
  /** First code of `problems`; or the top-level `code` of the token endpoint and of API version 1. */
  cloudCode: string | undefined
  /** The authentication layer's word for a failure: `TokenExpiredError`, `JsonWebTokenError`, `TokenError`. */
  errorName: string | undefined
  /** What the cloud says about a failure, its first problem before the whole. */
  message: string | undefined
}

/**
 * Reads an answer: enveloped, bare, empty, or plain text.
 * @param target method and path, for the error text
 * @param secrets texts that must not appear in what it says, even where the cloud repeats them
 * @throws ConnectorError `RESPONSE_UNREADABLE` for a success whose body is neither empty nor JSON; `RESPONSE_TOO_LARGE`
 * Source: docs/protocol/thingplus.md §3.1, §4.6.
 */
export function readAnswer(response: HttpResponse, target: string, secrets: readonly string[] = []): Answer {
  const text = response.body.toString('utf8')
  const body = parseAnswer(text)
  const envelope = isJsonObject(body) && isEnvelope(body) ? body : undefined
  const statusCode = effectiveStatus(response.statusCode, numberOf(envelope?.['statusCode']))
  const failed = statusCode >= 300
  if (body === undefined && text.trim() && !failed) {
    throw new ConnectorError(
      'RESPONSE_UNREADABLE',
      say`${target}: the answer is not JSON. Check the API base URL; if it is right, something on the way changes answers.`,
      { statusCode },
    )
  }
  const fields = objectOf(body)
  const hidden = new Secrets(secrets)
  const problems = objectsOf(fields['errors']).map((problem) => withoutSecrets(problem, hidden))
  const wordIn = (value: Json | undefined) => hidden.plainWord(wordOf(value))
  const said =
    textOf(problems[0]?.['message']) ?? (failed ? (textOf(fields['message']) ?? plainText(body, text)) : undefined)
  return {
    statusCode,
    isMarked: !failed && numberOf(envelope?.['statusCode']) !== undefined && !tellsFailure(fields),
    headers: response.headers,
    data: envelope ? envelope['data'] : body,
    meta: objectOf(fields['_meta']),
    problems,
    cloudCode: wordIn(problems[0]?.['code']) ?? (failed ? wordIn(fields['code']) : undefined),
    errorName: failed ? wordIn(fields['name']) : undefined,
    message: said === undefined ? undefined : hidden.redacted(said),
  }
}

/** The words of a problem, which are shown to people. */
function withoutSecrets(problem: JsonObject, secrets: Secrets): JsonObject {
  const shown = ['code', 'message'].flatMap((name) => {
    const text = textOf(problem[name])
    return text === undefined ? [] : [[name, secrets.redacted(text)]]
  })
  return Object.fromEntries(shown) as JsonObject
}

function isEnvelope(body: JsonObject): boolean {
  return 'statusCode' in body || Array.isArray(body['errors'])
}

function effectiveStatus(http: number, enveloped: number | undefined): number {
  return http >= 200 && http < 207 && enveloped !== undefined && enveloped > 206 ? enveloped : http
}

/** Such fields a success has not, or empty. */
function tellsFailure({ errors, error }: JsonObject): boolean {
  return Boolean(error) || (Array.isArray(errors) ? errors.length > 0 : Boolean(errors))
}

/**
 * Refuses what does not bear the cloud's own mark of success: its envelope, or, of the older bare dialect, the item itself
 * (or the leaf of its status or series, which names it).
 * @param itemId of the item that was written; without it any item, or a list of items, is taken
 * @throws ConnectorError `RESPONSE_UNREADABLE`; what the cloud itself refuses, `refusal` tells
 */
export function requireMark({ isMarked, data, statusCode }: Answer, target: string, itemId?: string): void {
  if (isMarked || (itemId === undefined ? isItemOrItems(data) : isItemOrLeaf(data, itemId))) return
  throw new ConnectorError(
    'RESPONSE_UNREADABLE',
    say`${target}: the answer is not from the Thing+ cloud, so nobody knows whether the cloud accepted the request. Something else may have answered, such as a login page or a proxy. Check the API base URL and the way to it.`,
    { statusCode },
  )
}

/** What names the item in itself and in its leaves. Source: docs/protocol/thingplus.md §7.1, §7.3, §7.6. */
const naming = ['id', 'sensor', 'gateway', 'status', 'series'] as const

function isItemOrLeaf(data: Json | undefined, itemId: string): boolean {
  const fields = objectOf(data)
  return !tellsFailure(fields) && naming.some((name) => textOf(fields[name]) === itemId)
}

function isItemOrItems(data: Json | undefined): boolean {
  const items = Array.isArray(data) ? data : [data]
  return (
    items.length > 0 && items.every((item) => Boolean(textOf(objectOf(item)['id'])) && !tellsFailure(objectOf(item)))
  )
}

function plainText(body: Json | undefined, text: string): string | undefined {
  if (typeof body === 'string') return body
  return body === undefined && !/[<{]/.test(text) ? text.trim() : undefined
}
