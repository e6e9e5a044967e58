export { parseBaseUrl } from './base-url'
export {
  HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  type ProxySettings,
  type Route,
  type TlsSettings,
} from './client'
export {
  arrivalMs,
  arrivalOffsetMs,
  type Clock,
  isArrivalTime,
  isPlausible,
  readBootId,
  systemClock,
} from './clock'
export { suspectingClock } from './clock-suspect'
export { asFinding, checkHost, type Finding, labelled, reachHost } from './connection-check'
export { checkedCredential } from './credential'
export type { EnvironmentProxyOptions } from './environment-proxy'
export { ConnectorError, type ConnectorErrorDetails, type ErrorCode } from './errors'
export {
  isJsonObject,
  isNestedTooDeep,
  isObjectList,
  type Json,
  type JsonObject,
  parseAnswer,
  parseExactJson,
  parseJson,
  wideIntegerIn,
} from './json'
export { proxyUrl } from './proxy'
export { Secrets } from './redaction'
export { type Issued, Renewable } from './renewable'
export { replaceFile } from './replace-file'
export { askedWaitMs, retryAfterMs } from './retry-after'
export { urlText } from './url-text'
export { warmUp } from './warm-up'
