import { ConnectorError, say } from '../core'
import type { HttpResponse } from './exchange'

/** Where a request goes. */
export interface Target {
  readonly url: URL
  readonly origin: string
  /** With the query. */
  readonly path: string
  /** Method and URL without its query, for texts. */
  readonly text: string
}

/** RFC 6585: the network wants a login first. */
const loginRequired = 511
/** What nearly every answer begins with. */
const brace = '{'.charCodeAt(0)

/**
 * Refuses a web page in place of a cloud's answer, and a redirect to another host, which leads to one: behind both is most
 * often the login page of a proxy or of the network. No cloud answers an API call so. Error pages keep the meaning of their
 * status.
 * @throws ConnectorError `NETWORK_WEB_PAGE`
 */
export function refuseWebPage(answer: HttpResponse, { url, origin, text: target }: Target): void {
  const { statusCode } = answer
  const isSuccess = statusCode >= 200 && statusCode < 300
  if (!(isSuccess ? isPage(answer) : statusCode === loginRequired || leadsElsewhere(answer, url))) return
  throw new ConnectorError(
    'NETWORK_WEB_PAGE',
    say`A web page answered instead of the cloud (the login page of a proxy?). Open ${origin} in a browser on this PC and log in there, or correct the URL. (${target})`,
    // Whatever shows a page has hardly passed the request on; only if it claims success is that uncertain.
    { statusCode, mayHaveArrived: isSuccess },
  )
}

function isPage({ headers, body }: HttpResponse): boolean {
  if (body[0] === brace) return false
  const opening = body.toString('utf8', 0, 100)
  if (!/^\uFEFF?\s*</.test(opening)) return false
  return /html/i.test(headers['content-type'] ?? '') || /<(!doctype\s+)?html\b/i.test(opening)
}

function leadsElsewhere({ statusCode, headers: { location } }: HttpResponse, url: URL): boolean {
  if (statusCode < 300 || statusCode >= 400 || location === undefined || !URL.canParse(location, url)) return false
  return new URL(location, url).hostname !== url.hostname
}
