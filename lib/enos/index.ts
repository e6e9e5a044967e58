export { refusesEnosToken } from './answer'
export type { ApiCall, ApiResult } from './api-call'
export { EnosApplication, type EnosApplicationOptions } from './application'
export { bareValueOf, numberedPoint } from './bare-value'
export { type Delivery, entryJson, maxEntriesBytes, type Receipt } from './batch'
export {
  type DeviceSummary,
  type Found,
  type ModelFeature,
  type ModelSummary,
  modelFeatures,
  modelIdOf,
  type ProductSummary,
  searchDevices,
  searchModels,
  searchProducts,
} from './catalogue'
export { checkApplication, checkDevice } from './connection-check'
export { deliverStored, NobodySends, type StoredDelivery } from './deliver-stored'
export { EnosDevice, type EnosDeviceOptions } from './device'
export type { DeviceName } from './device-name'
export { deviceNames, type Entries, type Entry, type EntryReading, readEntries } from './entry'
export type { EntryKind } from './entry-list'
export { EnosIntegration } from './integration'
export { KnownPoints } from './known-points'
export type { Unexpressed } from './model-dialect'
export { recogniseThingModel, type ThingModelFile } from './model-file'
export { modelPoints } from './model-points'
export { readThingModel, type ThingModelBatch } from './model-source'
export { type ModelUpload, type ModelUploadResult, type UploadMethod, uploadModel, uploadModels } from './model-upload'
export { callAllPages } from './paging'
export { isNumberType, isTextType, type PointType } from './point-type'
export { PreviewedUplink } from './previewed-uplink'
export {
  asSent,
  defaultTimeliness,
  type EntriesToSend,
  freshnessBy,
  sendNow,
  type Timeliness,
} from './send'
export { SessionFiles } from './session-files'
export { SessionMemory } from './session-memory'
export { type SignableRequest, signHttpRequest } from './sign-http-request'
export { readStoredEntries, type StoredEntry } from './stored-entries'
export { EnosTokenSource } from './token-source'
export { deviceText, type EnosUplink, type Freshness } from './uplink'
