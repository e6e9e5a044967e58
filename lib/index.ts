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
export * from './signing'
export * from './thingplus'
