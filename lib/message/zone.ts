import { dayMs, offsetMsOf } from './written-time'

/** A place's clock. */
export interface Zone {
  /** `Europe/Berlin`; empty for the clock of the PC. */
  readonly name: string
  /** How far the clock is ahead of UTC at this moment. */
  offsetMs(unixMs: number): number
}

/** The clock of the PC, as its operating system or `TZ` has it. */
export const localZone: Zone = {
  name: '',
  offsetMs: (unixMs) => -60_000 * new Date(unixMs).getTimezoneOffset(),
}

/**
 * A zone by its name at IANA, `Europe/Berlin`, or by a fixed offset such as `+01:00`; the PC's for an empty name.
 * @returns `undefined` for a name that Node.js does not know, and for letters such as `CST`, which stand for several zones
 */
export function zoneNamed(name: string): Zone | undefined {
  if (name === '') return localZone
  if (/^(?:Z|[+-]\d{2}(?::?\d{2})?)$/i.test(name)) {
    const offsetMs = offsetMsOf(name) ?? 0
    return Number.isNaN(offsetMs) ? undefined : { name, offsetMs: () => offsetMs }
  }
  if (name.length > 64 || (/^[A-Z]{2,5}$/i.test(name) && !/^(?:UTC|GMT|UCT)$/i.test(name))) return undefined
  try {
    return new NamedZone(name)
  } catch {
    return undefined
  }
}

/**
 * The Unix times at which the clock of a zone shows this: one, two in the hour that comes twice, none in one that is left out.
 * A day that begins after a midnight left out begins with its first moment.
 */
export function unixMsOf(wallMs: number, zone: Zone): number[] {
  // No zone changes its clock twice within two days.
  const before = zone.offsetMs(wallMs - dayMs)
  const after = zone.offsetMs(wallMs + dayMs)
  if (before === after) return [wallMs - before]
  const candidates = [wallMs - before, wallMs - after].sort((one, other) => one - other)
  const shown = candidates.filter((unixMs) => unixMs + zone.offsetMs(unixMs) === wallMs)
  return shown.length === 0 && wallMs % dayMs === 0 ? candidates.slice(1) : shown
}

/** Asking Node.js for the offset at a moment takes microseconds, and it is the same from one midnight to the next on most days. */
class NamedZone implements Zone {
  readonly #format: Intl.DateTimeFormat
  readonly #atMidnight = new Map<number, number>()

  /** @throws RangeError where Node.js does not know the name */
  constructor(readonly name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  }

  offsetMs(unixMs: number): number {
    const day = Math.floor(unixMs / dayMs)
    const offsetMs = this.#offsetAtMidnight(day)
    return offsetMs === this.#offsetAtMidnight(day + 1) ? offsetMs : this.#computed(unixMs)
  }

  #offsetAtMidnight(day: number): number {
    const known = this.#atMidnight.get(day)
    if (known !== undefined) return known
    if (this.#atMidnight.size > 4_000) this.#atMidnight.clear()
    const offsetMs = this.#computed(day * dayMs)
    this.#atMidnight.set(day, offsetMs)
    return offsetMs
  }

  #computed(unixMs: number): number {
    const parts = Object.fromEntries(this.#format.formatToParts(unixMs).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(unixMs / 1000) * 1000
  }
}
