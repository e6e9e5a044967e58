export * from './enos'
export {
  type Clock,
  ConnectorError,
  type ErrorCode,
  HttpClient,
  type HttpClientOptions,
  parseBaseUrl,
  systemClock,
} from './http'
export {
  type DecimalSign,
  type Id,
  idPath,
  numbersAmong,
  refuseRegisters,
  TimePattern,
  type TimeSettings,
  timeMsOf,
  unpacked,
  type Zone,
  zoneNamed,
} from './message'
export * from './signing'
export { type Simulator, type SimulatorSettings, startSimulator } from './simulator'
export { say, Text, type TextValue, type Translate } from './text'
export * from './thingplus'
