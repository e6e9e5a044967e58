import { type Clock, ConnectorError, say, systemClock } from '../core'
import { EnosTokenSource, refusesEnosToken } from '../enos'
import { HttpClient, parseBaseUrl, urlText } from '../http'
import { signApiRequest } from '../signing'
import { extensionFor, givenTexts } from './extension'
import type { GotExtension, GotOptions } from './got-shapes'

/** What may be `undefined` comes out of a script's environment; it is missed at once, by name. */
export interface EnosGotOptions {
  /** API gateway, as the EnOS console shows it: `https://apim-…`. */
  gatewayUrl: string | undefined
  appKey: string | undefined
  appSecret: string | undefined
  /** Sent as `orgId` where the query has none. */
  orgId: string | undefined
  /** Fetches the tokens; one of its own when left out. Give one where they have to go through a proxy or another TLS. */
  http?: HttpClient | undefined
  clock?: Clock | undefined
}

/**
 * Options for `got.extend`, so that got calls the APIs of EnOS: `enos.get('asset-tree-service/v2.1/…')`, without a slash at
 * the beginning. Signed are the query and a JSON body, as they are sent; other bodies are not, as EnOS wants it.
 *
 * A refused call is an answer, mostly with HTTP 200: look at its `code`, 0 is success.
 * @throws ConnectorError `CONFIG_INCOMPLETE`, `CONFIG_INVALID_URL`, `CONFIG_INVALID`. What getting a token throws is the `code` and the message
 *   of got's `RequestError`: `AUTH_REFUSED`, `NETWORK_*`, `CLOUD_ERROR`
 */
export function enosGot(options: EnosGotOptions): GotExtension {
  const { http = new HttpClient(), clock = systemClock } = options
  const baseUrl = parseBaseUrl(options.gatewayUrl, say`The gateway URL`)
  const { appKey, appSecret, orgId } = givenTexts(options, ['appKey', 'appSecret', 'orgId'])
  const ofOrganisation = `orgId=${urlText(orgId, 'orgId', 'CONFIG_INVALID')}`
  return extensionFor({
    baseUrl,
    secrets: [appKey, appSecret],
    tokens: new EnosTokenSource({ http, clock, gatewayUrl: baseUrl, appKey, appSecret }),
    textOf: (accessToken) => accessToken,
    headerNames: ['apim-accesstoken', 'apim-signature', 'apim-timestamp'],
    prepare: (request, url) => {
      signedBody(request)
      // Put behind, not set: the query goes out as the caller wrote it.
      if (!url.searchParams.has('orgId')) url.search += `${url.search ? '&' : '?'}${ofOrganisation}`
    },
    sign: (request, { search }, accessToken) => {
      const timestampMs = clock.wallMs()
      const body = signedBody(request)
      const input = { accessToken, appSecret, timestampMs, query: search, body }
      return {
        ...(body !== undefined && contentType(request) === undefined ? { 'content-type': jsonType } : {}),
        'apim-accesstoken': accessToken,
        'apim-signature': signApiRequest(input),
        'apim-timestamp': String(timestampMs),
      }
    },
    refusesToken: (answer) => refusesEnosToken(answer, clock.wallMs()),
  })
}

const jsonType = 'application/json;charset=UTF-8'

/** The JSON text of the body, byte for byte as it is sent; `undefined` where the body takes no part in the signature. */
function signedBody(options: GotOptions): string | undefined {
  const { method, body, isStream } = options
  if (/^(GET|DELETE|HEAD)$/i.test(method)) return undefined
  const type = contentType(options)
  const isJson = type === undefined ? typeof body === 'string' : /\bjson\b/i.test(type)
  if (!isJson || (body === undefined && !isStream)) return undefined
  if (typeof body === 'string') return body
  if (ArrayBuffer.isView(body)) return utf8(body)
  throw new ConnectorError(
    'INPUT_INVALID',
    say`A JSON body that is a stream cannot be signed, because the signature is sent before it. Give it as "json", or as a text.`,
  )
}

function contentType({ headers }: GotOptions): string | undefined {
  const type = headers['content-type']
  return Array.isArray(type) ? type.join() : type
}

function utf8(bytes: ArrayBufferView): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ConnectorError('INPUT_INVALID', say`The body is a Buffer that is not UTF-8 text; EnOS accepts JSON only.`)
  }
}
