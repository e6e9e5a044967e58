export type { Registered } from './adoption'
export type { NewAuthClient } from './create-client'
export { type DeferredValue, deferValues, RefusedAsPast } from './deferred'
export { type Dialect, type DialectName, dialects } from './dialect'
export type { ChildDevice, ChildSensor } from './gateway-children'
export type { GatewayRegistration, RegisteredGateway } from './gateway-registration'
export type { IdsAsGiven } from './given-ids'
export { gatewayIdOf, itemIdOf, makeId } from './identifiers'
export { PerhapsNew } from './newcomers'
export {
  type ThingPlusCredentials,
  type ThingPlusToken,
  type ThingPlusTokenOptions,
  ThingPlusTokenSource,
  type TokenBodyFormat,
} from './oauth-source'
export type { SeriesPreview } from './previewed-series'
export type { BracketQuery } from './query'
export type { DeviceRegistration, SensorRegistration } from './registration'
export { getChosen, idsOf, type ResourceChoice } from './resource-choice'
export type { Resource, ResourceIds, ResourceOptions, ResourceValues } from './resources'
export { refusesThingPlusToken, ThingPlusClient, type ThingPlusClientOptions } from './rest-client'
export { isTextSensor, publishedSensorKind, type SensorKind } from './sensor-kinds'
export { chooseSensorModel } from './sensor-types'
export type { SensorOutcome, SeriesReceipt } from './series'
export type { Series, SeriesPoint, SeriesRange } from './series-read'
export type { ValueWriter } from './series-writer'
export {
  type StatusReceipt,
  type StatusReport,
  type StatusScope,
  type StatusTarget,
  type StatusValue,
  validDurationFor,
} from './status'
export { type ClientRequest, ThingPlus, type ThingPlusOptions } from './thingplus'
export type {
  AuthClient,
  Device,
  DeviceModel,
  Gateway,
  GatewayModel,
  Sensor,
  SensorModel,
  Site,
  Status,
  User,
} from './types'
export {
  doubtfulSensors,
  type SeriesEntry,
  type SeriesReading,
  sensorValues,
  seriesEntries,
  withTime,
} from './values'
