import type { AcceptedPoint } from '../cloud'

/** What one device received, the latest `limit` entries in order of arrival, and its exact counts. */
export class PointLog {
  entriesAccepted = 0
  pointsAccepted = 0
  lastTimeMs: number | null = null
  /** Server time of the last arrival. */
  lastReceivedMs: number | null = null
  /** The newest value of each measurepoint by its own time. */
  readonly latest = new Map<string, { timeMs: number; value: unknown }>()
  #entries: AcceptedPoint[] = []

  add(entry: AcceptedPoint, receivedMs: number, limit: number): void {
    this.#entries.push(entry)
    this.entriesAccepted += 1
    this.lastTimeMs = entry.timeMs
    this.lastReceivedMs = receivedMs
    // A tenth of slack, so that the array is not moved for every entry.
    if (this.#entries.length > limit * 1.1) this.#entries.splice(0, this.#entries.length - limit)
    for (const id in entry.values) {
      this.pointsAccepted += 1
      const known = this.latest.get(id)
      if (!known) this.latest.set(id, { timeMs: entry.timeMs, value: entry.values[id] })
      else if (entry.timeMs >= known.timeMs) {
        known.timeMs = entry.timeMs
        known.value = entry.values[id]
      }
    }
  }

  entries(limit: number): AcceptedPoint[] {
    return limit >= this.#entries.length ? this.#entries : this.#entries.slice(-limit)
  }
}
