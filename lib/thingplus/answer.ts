import type { IncomingHttpHeaders } from 'node:http'
import { ConnectorError, type HttpResponse, isJsonObject, type Json, type JsonObject, parseJson } from '../http'
import { say } from '../text'
import { numberOf, objectOf, objectsOf, textOf, wordOf } from './fields'

/** An answer of the API, with or without its envelope. */
export interface Answer {
  /** HTTP status; the envelope's where HTTP says 200 and the envelope does not. */
  statusCode: number
  headers: IncomingHttpHeaders
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
 * @param secrets texts that must not appear even where the cloud repeats them in a refusal
 * @throws ConnectorError `RESPONSE_UNREADABLE` for a success whose body is neither empty nor JSON
 * Source: fact sheet sections 1.1 and 2.3.
 */
export function readAnswer(response: HttpResponse, target: string, secrets: readonly string[] = []): Answer {
  const text = withoutSecrets(response.body.toString('utf8'), response.statusCode === 200 ? [] : secrets)
  const body = parseJson(text)
  const envelope = isJsonObject(body) && isEnvelope(body) ? body : undefined
  const statusCode = effectiveStatus(response.statusCode, numberOf(envelope?.['statusCode']))
  const failed = statusCode >= 300
  if (body === undefined && text.trim() && !failed) {
    throw new ConnectorError(
      'RESPONSE_UNREADABLE',
      say`${target}: the answer is no JSON. Check the API base URL; if it is right, something on the way changes answers.`,
      { statusCode },
    )
  }
  const fields = objectOf(body)
  const problems = objectsOf(fields['errors'])
  return {
    statusCode,
    headers: response.headers,
    data: envelope ? envelope['data'] : body,
    meta: objectOf(fields['_meta']),
    problems,
    cloudCode: wordOf(problems[0]?.['code']) ?? (failed ? wordOf(fields['code']) : undefined),
    errorName: failed ? wordOf(fields['name']) : undefined,
    message:
      textOf(problems[0]?.['message']) ?? (failed ? (textOf(fields['message']) ?? plainText(body, text)) : undefined),
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter(Boolean).reduce((clean, secret) => clean.replaceAll(secret, '…'), text)
}

function isEnvelope(body: JsonObject): boolean {
  return 'statusCode' in body || Array.isArray(body['errors'])
}

function effectiveStatus(http: number, enveloped: number | undefined): number {
  return http === 200 && enveloped !== undefined && enveloped > 206 ? enveloped : http
}

function plainText(body: Json | undefined, text: string): string | undefined {
  if (typeof body === 'string') return body
  return body === undefined && !/[<{]/.test(text) ? text.trim() : undefined
}
