export { parseBaseUrl } from './base-url'
export {
  HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  type ProxySettings,
  type TlsSettings,
} from './client'
export { type Clock, systemClock } from './clock'
export { ConnectorError, type ConnectorErrorDetails, type ErrorCode } from './errors'
export { isJsonObject, type Json, type JsonObject, parseJson } from './json'
