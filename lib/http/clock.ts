/** The two times there are. Only timestamps use the wall clock; lives, limits and back-off use the monotonic one. */
export interface Clock {
  /** Unix milliseconds; may step when the PC's clock is set. */
  wallMs(): number
  /** Milliseconds since some fixed moment; never steps. */
  monotonicMs(): number
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}
