import type { SimulatedRequest } from './cloud'

/**
 * Whether a request comes from a program or page of this PC. A web page from elsewhere reaches loopback, too: the browser
 * then names its origin, says that it crosses sites, or names a host that was bent to here.
 */
export function isFromHere({ headers }: Pick<SimulatedRequest, 'headers'>): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return false
  const host = `http://${headers.host ?? ''}`
  return [host, headers.origin ?? host].every((place) => URL.canParse(place) && isLoopback(new URL(place).hostname))
}

/**
 * Whether somebody opens the simulator's own page, by a link or by hand. A link may come from another site, such as an editor
 * at `localhost` to a page at `127.0.0.1`: the page is shown to the person alone, in a window of its own.
 */
export function isVisit({ method, url, headers }: Pick<SimulatedRequest, 'method' | 'url' | 'headers'>): boolean {
  if (method !== 'GET' || url.pathname !== '/' || headers.origin !== undefined) return false
  const isOwnWindow = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return isOwnWindow && isFromHere({ headers: { host: headers.host } })
}

/**
 * Whether a request comes from a program, or from the simulator's own page. Other pages of this PC, on another port, are not
 * to steer it.
 */
export function isOwnPageOrProgram({ headers }: Pick<SimulatedRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site'] ?? 'same-origin'
  const origin = headers.origin ?? `http://${headers.host}`
  return (site === 'same-origin' || site === 'none') && origin === `http://${headers.host}`
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
