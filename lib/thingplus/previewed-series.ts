import { ConnectorError } from '../core'
import { maskedSecret, type RecordedRequests } from '../http'
import type { Answer } from './answer'
import { ArrivalTimes } from './arrival-times'
import type { SeriesContext } from './context'
import { httpRequest } from './exchange'
import { Newcomers } from './newcomers'
import { authorization } from './rest-client'
import { Turns } from './turns'
import type { Sensor } from './types'

/** Where a preview of values goes. */
export interface SeriesPreview {
  readonly requests: RecordedRequests
  /** Ends what is asked of the cloud, for the types of sensors. */
  readonly signal: AbortSignal
  /** Told of each sensor whose type the cloud did not tell. */
  unknownSensor(sensorId: string, failure: ConnectorError): void
}

/**
 * What writing values needs, with a client that records each request, with its secrets masked, and takes it for accepted.
 * Sensors are still asked for; those that the cloud does not tell of are taken as of an unknown type. Nothing else changes
 * for the values that are sent.
 */
export function previewedSeries(context: SeriesContext, baseUrl: string, preview: SeriesPreview): SeriesContext {
  const { catalogue, arrivals, clock, wait } = context
  return {
    ...context,
    turns: new Turns(),
    newcomers: new Newcomers(clock, wait),
    arrivals: new ArrivalTimes(arrivals),
    catalogue: {
      sensorKind: (type) => catalogue.sensorKind(type, preview.signal),
      sensor: (gatewayId, id) =>
        catalogue.sensor(gatewayId, id, preview.signal).catch((failure: unknown): Sensor => {
          if (!(failure instanceof ConnectorError)) throw failure
          preview.unknownSensor(id, failure)
          return { id, gatewayId, name: '', type: '', model: '', category: '' }
        }),
    },
    client: {
      async request(method, path, request = {}) {
        const headers = { authorization: authorization({ tokenType: 'Bearer', accessToken: maskedSecret }) }
        await preview.requests.add(() => httpRequest(method, `${baseUrl}${path}`, headers, request))
        return accepted
      },
    },
  }
}

const accepted: Answer = {
  statusCode: 200,
  headers: {},
  isMarked: true,
  data: undefined,
  meta: {},
  problems: [],
  cloudCode: undefined,
  errorName: undefined,
  message: undefined,
}
