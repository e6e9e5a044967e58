import type { Delivery } from './batch'
import type { Entry } from './entry'
import type { Timeliness } from './timeliness'

/** A way for data to EnOS: through a device's session, or through an application on the integration channel. */
export interface EnosUplink {
  /**
   * Posts measurepoints in as few requests as the limits allow, in order.
   * @throws ConnectorError `INPUT_INVALID`, `INPUT_TOO_LARGE`, `CONFIG_*`, `VALIDATION_REFUSED`, `PERMISSION_DENIED`,
   *   `AUTH_*`, `THROTTLED`, `TOO_LARGE`, `CLOUD_ERROR`, `RESPONSE_UNREADABLE`, `NETWORK_*`
   */
  postMeasurepoints(entries: readonly Entry[], timeliness: Timeliness, signal?: AbortSignal): Promise<Delivery>
  /** Sets attributes; throws as `postMeasurepoints`. */
  updateAttributes(entries: readonly Entry[], signal?: AbortSignal): Promise<Delivery>
  /** Posts events, whose output parameters are the entries' values; throws as `postMeasurepoints`. */
  postEvents(eventId: string, entries: readonly Entry[], signal?: AbortSignal): Promise<Delivery>
}
