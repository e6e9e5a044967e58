/** A device's time zone is `+09:00` or an IANA name (docs/protocol/enos.md §9.1). */
export function isZone(zone: string): boolean {
  if (/^[+-]\d\d:\d\d$/.test(zone)) return true
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: zone }))
  } catch {
    return false
  }
}

/** How far the zone's clocks are ahead of UTC at a moment, in ms; UTC for what is not a zone. */
export function zoneOffsetMs(zone: string, timeMs: number): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? []
  if (sign) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  if (!isZone(zone)) return 0
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(timeMs)
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
  const shownMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return shownMs - Math.floor(timeMs / 1000) * 1000
}

/** The moment at which the zone's clocks show `YYYY-MM-DD HH:MM:SS`; NaN for a date that there is not. */
export function momentOf(local: string, zone: string): number {
  const shownMs = Date.parse(`${local.replace(' ', 'T')}Z`)
  if (Number.isNaN(shownMs)) return Number.NaN
  const guessMs = shownMs - zoneOffsetMs(zone, shownMs)
  return shownMs - zoneOffsetMs(zone, guessMs)
}

/** What the zone's clocks show: `YYYY-MM-DD HH:MM:SS`, with milliseconds and the offset where they are asked for. */
export function localTimeOf(
  timeMs: number,
  zone: string,
  { withMs, withZone }: { withMs: boolean; withZone: boolean },
): string {
  const offsetMs = zoneOffsetMs(zone, timeMs)
  const text = new Date(timeMs + offsetMs).toISOString().slice(0, withMs ? 23 : 19)
  if (!withZone) return text.replace('T', ' ')
  const minutes = Math.abs(offsetMs) / 60_000
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  return `${text}${offsetMs < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
