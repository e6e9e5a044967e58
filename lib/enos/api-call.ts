import type { ConnectorError, JsonObject } from '../core'
import type { HttpResponse } from '../http'
import type { Query } from '../signing'

export interface ApiCall {
  method: string
  /** Path on the gateway, with or without a query of its own. */
  path: string
  /** Further query parameters; `orgId` is added where neither the path nor the query names it. */
  query?: Query | undefined
  /** Serialised once as JSON; a text, or that in a Buffer, is sent as it is. */
  body?: unknown
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}

export interface ApiResult {
  data: unknown
  statusCode: number
  headers: HttpResponse['headers']
  /** The whole envelope as the cloud sent it. */
  envelope: JsonObject
  /** What EnOS has not done, although it accepted the call: see `partialFailure`. */
  partial?: ConnectorError | undefined
}

/** Whatever calls EnOS's APIs with a token. */
export interface ApiCaller {
  /** @throws ConnectorError see `EnosApplication.call` */
  call(call: ApiCall): Promise<ApiResult>
}
