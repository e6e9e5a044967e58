export {
  type Clock,
  ConnectorError,
  type ErrorCode,
  say,
  systemClock,
  Text,
  type TextValue,
  type Translate,
} from './core'
export * from './enos'
export { HttpClient, type HttpClientOptions, parseBaseUrl } from './http'
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
export * from './thingplus'
