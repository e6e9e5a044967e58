import { ConnectorError, isArrivalTime, isPlausible, say } from '../core'

/**
 * Refuses values that have no time but their arrival while the PC's clock is not set, where nothing keeps them until it is.
 * @throws ConnectorError `CLOCK_NOT_SET`
 */
export function refuseUndated(timeMs: number, arrivedMs: number): void {
  if (!isArrivalTime(timeMs, arrivedMs) || isPlausible(arrivedMs)) return
  throw new ConnectorError(
    'CLOCK_NOT_SET',
    say`This PC's clock is not set: it shows a time before this program was made, and values without a time of their own would get a wrong one. Set the clock, preferably by NTP, or choose an outbox, which keeps them until it is set.`,
  )
}
