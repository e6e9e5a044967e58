import type { HttpClient, HttpRequest } from '../http'
import { type Answer, readAnswer } from './answer'
import { type BracketQuery, bracketQuery } from './query'

/** A page of 4,000 items, or a long series, has some 4 MB. What is written has short answers. */
const mostReadBytes = 8 * 1024 * 1024

export interface ApiRequest {
  query?: BracketQuery | undefined
  /** Sent as JSON; exactly the documented keys, the cloud refuses any other. */
  body?: object | undefined
  /** Of the item that is written, by which a bare answer is known: see `requireMark`. */
  itemId?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * One request to the API and its answer, whatever its status.
 * @param secrets see `readAnswer`
 */
export async function exchange(
  http: HttpClient,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  request: ApiRequest,
  secrets: readonly string[] = [],
): Promise<Answer> {
  const response = await http.request(httpRequest(method, url, headers, request))
  return readAnswer(response, `${method} ${new URL(url).pathname}`, secrets)
}

/** What `exchange` sends. */
export function httpRequest(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  { query, body, signal }: ApiRequest,
): HttpRequest {
  const queryText = query && bracketQuery(query)
  return {
    method,
    url: queryText ? `${url}?${queryText}` : url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    ...(method === 'GET' ? { maxResponseBytes: mostReadBytes } : {}),
    signal,
  }
}
