import { ConnectorError, say } from '../core'
import type { EnosApplication } from './application'
import { jsonText } from './body-text'

/** A request that somebody else sends: the core http request node. */
export interface SignableRequest {
  method: string
  /** Whole URL, or a path on the application's gateway. */
  url: string
  headers: Readonly<Record<string, string>>
  /** An object or JSON text is signed; a Buffer, and any body of a GET, DELETE or multipart request, is not. */
  body: unknown
}

/**
 * The request as it must be sent: whole URL, signed headers, and the very text that was signed.
 * @throws ConnectorError `CONFIG_INVALID_URL`, `INPUT_CIRCULAR`, and whatever getting a token throws
 */
export async function signHttpRequest(
  application: EnosApplication,
  { method, url, headers, body }: SignableRequest,
  signal?: AbortSignal,
): Promise<{ url: string; headers: Record<string, string>; body: unknown }> {
  const { gatewayUrl } = application.options
  if (!URL.canParse(url, `${gatewayUrl}/`)) {
    throw new ConnectorError(
      'CONFIG_INVALID_URL',
      say`"${url.slice(0, 120)}" is neither a URL nor a path. Start it with https:// or /.`,
    )
  }
  const whole = /^https?:/i.test(url) ? new URL(url) : new URL(`${gatewayUrl}/${url.replace(/^\/+/, '')}`)
  const isSigned = !/^(GET|DELETE|HEAD)$/i.test(method) && !Buffer.isBuffer(body) && !isMultipart(headers)
  const text = isSigned ? jsonText(body) : undefined
  const accessToken = await application.token(signal)
  return {
    url: whole.href,
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
      ...headers,
      ...application.signedHeaders(accessToken, whole.searchParams, text),
    },
    body: text ?? body,
  }
}

function isMultipart(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && String(value).startsWith('multipart/'),
  )
}
