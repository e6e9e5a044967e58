/**
 * How long a `Retry-After` header asks to wait.
 * @param header seconds, or an HTTP date
 * @param wallMs the time now, for a date: the cloud's, where it told, since the PC's clock may be years off
 */
export function retryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  if (!header) return undefined
  const seconds = Number(header)
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - wallMs
  return Number.isNaN(waitMs) ? undefined : Math.max(0, Math.round(waitMs))
}
