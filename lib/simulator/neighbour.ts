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

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
