export { abortError, shareable } from './abortable'
export { Aborts } from './aborts'
export { builtMs } from './built'
export { arrivalMs, arrivalOffsetMs, type Clock, isArrivalTime, isPlausible, readBootId, systemClock } from './clock'
export { checkedCredential } from './credential'
export { type CredentialSource, sendWith } from './credential-source'
export { ConnectorError, type ConnectorErrorDetails, type ErrorCode } from './errors'
export type { Finding } from './finding'
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
export { Secrets } from './redaction'
export { type Issued, Renewable } from './renewable'
export { replaceFile } from './replace-file'
export { nextTurn, type Scheduler, systemScheduler } from './scheduler'
export { Shared, type Use } from './shared'
export { joined, say, Text, type TextValue, type Translate } from './text'
export { Turnstile } from './turnstile'
