export { cloudCodes, outboxCodes, requestCodes, settingCodes } from './codes'
export { holds, type StoredSettings, type When } from './conditions'
export {
  type ChoiceField,
  type ConfigurationField,
  choice,
  configuration,
  type Field,
  type Fields,
  type Named,
  type NodeSettings,
  type NumberField,
  named,
  number,
  type SecretField,
  secret,
  settingsOf,
  type TableField,
  type TextField,
  type TickField,
  type TypedField,
  table,
  text,
  tick,
  typed,
  type UrlField,
  url,
} from './field'
export { outboxCommands } from './outbox-commands'
export { isIn, type Range } from './range'
export { latestVersion, type Migration, migrationsOf, upToDate } from './settings-version'
export {
  client,
  deviceId,
  enosTarget,
  gatewayId,
  givenId,
  messageOrTable,
  sensorId,
  thingplusTarget,
  thingplusValues,
  timeField,
  timesRead,
  timesSent,
  transport,
  valueSensorId,
} from './shared-fields'
