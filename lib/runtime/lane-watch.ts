import { type Scheduler, systemScheduler } from '../outbox'
import { loginInMs } from './lane-badge'
import type { WayFigures } from './way-figures'

type Listener = (figures: WayFigures) => void

interface Watched {
  readonly listeners: Set<Listener>
  /** Ends the wait for the next telling. */
  cancel: (() => void) | undefined
  /** Whether it waits because something has changed, not for the oldest record's age to read differently. */
  hasChanged: boolean
}

/** Changes within this time are reported together. */
const tellEveryMs = 250

/**
 * Tells the figures of watched lanes when something in them has changed, at most four times a second each, and as often as
 * the age of what waits, or the wait for a login, reads differently. A lane in which nothing happens and nothing waits costs nothing.
 */
export class LaneWatch {
  readonly #figuresOf: (lane: string) => Promise<WayFigures | undefined>
  readonly #scheduler: Scheduler
  readonly #watched = new Map<string, Watched>()

  /** @param figuresOf `undefined` while they are not known; `changedAll` says when they are */
  constructor(figuresOf: (lane: string) => Promise<WayFigures | undefined>, scheduler: Scheduler = systemScheduler) {
    this.#figuresOf = figuresOf
    this.#scheduler = scheduler
  }

  /** Calls back until the returned function is called. The first figures come by themselves. */
  watch(lane: string, listener: Listener): () => void {
    const watched = this.#watched.get(lane) ?? { listeners: new Set(), cancel: undefined, hasChanged: false }
    this.#watched.set(lane, watched)
    watched.listeners.add(listener)
    this.changed(lane)
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size > 0) return
      watched.cancel?.()
      if (this.#watched.get(lane) === watched) this.#watched.delete(lane)
    }
  }

  changed(lane: string): void {
    const watched = this.#watched.get(lane)
    if (!watched || watched.hasChanged) return
    watched.hasChanged = true
    this.#tellIn(tellEveryMs, lane, watched)
  }

  /** The figures of all lanes are known from now on. */
  changedAll(): void {
    for (const lane of this.#watched.keys()) this.changed(lane)
  }

  close(): void {
    for (const { cancel } of this.#watched.values()) cancel?.()
    this.#watched.clear()
  }

  #tellIn(afterMs: number, lane: string, watched: Watched): void {
    watched.cancel?.()
    watched.cancel = this.#scheduler.setTimeout(() => void this.#tell(lane, watched).catch(() => undefined), afterMs)
  }

  async #tell(lane: string, watched: Watched): Promise<void> {
    watched.hasChanged = false
    const figures = await this.#figuresOf(lane).catch(() => undefined)
    if (!figures || this.#watched.get(lane) !== watched) return
    for (const listener of watched.listeners) listener(figures)
    if (!watched.hasChanged && figures.oldestAgeMs !== undefined)
      this.#tellIn(untilOtherMs(figures, figures.oldestAgeMs), lane, watched)
  }
}

/** When the badge reads differently: a wait for a login is counted down. */
function untilOtherMs(figures: WayFigures, ageMs: number): number {
  const waitMs = loginInMs(figures)
  return waitMs === undefined ? untilOlderMs(ageMs) : waitMs % 1_000 || 1_000
}

/** When an age reads differently: by the second in the first minute, then by the minute. */
function untilOlderMs(ageMs: number): number {
  const stepMs = ageMs < 60_000 ? 1_000 : 60_000
  return stepMs - (ageMs % stepMs)
}
