import { fieldsAt, InvalidInput, isFields } from '../checked-input'

/** How EnOS behaves where its documents are silent or contradict each other (docs/protocol/enos.md §15). */
export interface EnosOptions {
  /** Life of an access token; 7200, as documented. */
  tokenLifeSeconds: number
  /** `token/refresh` ends the token it was given. Not documented; true, so that a client which keeps the old one fails. */
  refreshKillsOldToken: boolean
  /** 1001 for an `encryption` that was seen before. Documented, but Envision's Go client would fail; false. */
  refuseDuplicateEncryption: boolean
  /**
   * How far a token request's `timestamp` and a call's `apim-timestamp` may be from the server's clock, in ms;
   * `null` for any. Not documented; 900000 (15 minutes).
   */
  clockSkewMs: number | null
  /** HTTP status of a token service's refusal; 200, with the reason in `status`. */
  tokenRejectHttpStatus: number
  /** HTTP status of a gateway's or the integration channel's refusal; 200, with the reason in the envelope. */
  gatewayRejectHttpStatus: number
  /** The field that carries the gateway's code for a bad token or signature: `{ code }`, `{ status }` or `{ apim_status }`. */
  gatewayEnvelope: 'code' | 'status' | 'apim_status'
  /** Which proof of identity the console's model import takes: signed apim headers, or `Authorization: Bearer` with the token. */
  importAuth: 'signed' | 'bearer' | 'both'
  /** Logins of a device: more than `attempts` within `windowMs` block it for `blockMs`; `null` for no limit. */
  loginLimit: { attempts: number; windowMs: number; blockMs: number } | null
  /** Bounds of a session's `lifetime`, in ms. Not documented; 1 up to any. */
  lifetimeMs: { least: number; most: number | null }
  /** A refused login says 401 (`http`), or 705, 723, 742 as the MQTT login does (`device`); `http`. */
  loginCodes: 'http' | 'device'
  /** A new login ends the device's earlier sessions. Not documented; false. */
  loginReplacesSession: boolean
  /** A device behind a gateway may log in by itself; when false it is refused with 771. Not documented; true. */
  subDeviceMayLogin: boolean
  /** The most devices of a product, behind a gateway and of an organisation; more are refused with 11739. */
  mostDevices: { product: number; gateway: number; organisation: number }
  /** The most devices of one `batchCreate`. The console's limit; that it is the API's too is assumed. 1000. */
  mostDevicesInBatch: number
  /** The envelope's code where some rows of a batch failed. Not documented; 0. */
  partialBatchCode: number
  /** A page that is larger than a search allows is refused with 99400, or has as many as are allowed. Not documented; `refuse`. */
  pageTooLarge: 'refuse' | 'cut'
  /** `addSubDevice` of a device that is behind another gateway moves it, or is refused with 99400. Not documented; `refuse`. */
  subDeviceElsewhere: 'refuse' | 'move'
  /** A series' `endTime` belongs to the range or not. Documented for `ai-normalized` alone, which excludes it always; false. */
  seriesEndIncluded: boolean
  /** The time of a row of `ai-normalized`: the start or the end of its interval. Not documented; `start`. */
  intervalStamp: 'start' | 'end'
  /** HTTP status of the broker's refusals other than the two below; 200, with the reason in `code`. */
  brokerRejectHttpStatus: number
  /** The answer to a missing, unknown or expired session. Published nowhere; HTTP 200 with code 401. */
  sessionReject: { http: number; code: number }
  /** The answer to a message over 512 KB; HTTP 413 with code 1008. */
  tooLarge: { http: number; code: number }
  /** JSON messages may come as application/octet-stream, as the older documents ask; true. */
  octetStreamJson: boolean
  /** How far a point's `time` may lie behind and ahead of the server's clock, in ms; `null` for any. Not documented; `null`. */
  pointTimeRange: { pastMs: number; futureMs: number } | null
  /** How many entries are kept for each device, the latest ones; the counters stay exact. 1000000. */
  keptEntriesPerDevice: number
}

export const defaultEnosOptions: Readonly<EnosOptions> = {
  tokenLifeSeconds: 7200,
  refreshKillsOldToken: true,
  refuseDuplicateEncryption: false,
  clockSkewMs: 15 * 60_000,
  tokenRejectHttpStatus: 200,
  gatewayRejectHttpStatus: 200,
  gatewayEnvelope: 'code',
  importAuth: 'both',
  loginLimit: { attempts: 4, windowMs: 2 * 60_000, blockMs: 5 * 60_000 },
  lifetimeMs: { least: 1, most: null },
  loginCodes: 'http',
  loginReplacesSession: false,
  subDeviceMayLogin: true,
  mostDevices: { product: 10_000, gateway: 10_000, organisation: 100_000 },
  mostDevicesInBatch: 1_000,
  partialBatchCode: 0,
  pageTooLarge: 'refuse',
  subDeviceElsewhere: 'refuse',
  seriesEndIncluded: false,
  intervalStamp: 'start',
  brokerRejectHttpStatus: 200,
  sessionReject: { http: 200, code: 401 },
  tooLarge: { http: 413, code: 1008 },
  octetStreamJson: true,
  pointTimeRange: null,
  keptEntriesPerDevice: 1_000_000,
}

/** What an option takes: a sample of its type, or a list of its texts; a second `null` where it may be switched off. */
const shapes: Record<keyof EnosOptions, { like: unknown } | { oneOf: readonly string[] }> = {
  tokenLifeSeconds: { like: 1 },
  refreshKillsOldToken: { like: true },
  refuseDuplicateEncryption: { like: true },
  clockSkewMs: { like: [1, null] },
  tokenRejectHttpStatus: { like: 1 },
  gatewayRejectHttpStatus: { like: 1 },
  gatewayEnvelope: { oneOf: ['code', 'status', 'apim_status'] },
  importAuth: { oneOf: ['signed', 'bearer', 'both'] },
  loginLimit: { like: [{ attempts: 1, windowMs: 1, blockMs: 1 }, null] },
  lifetimeMs: { like: { least: 1, most: [1, null] } },
  loginCodes: { oneOf: ['http', 'device'] },
  loginReplacesSession: { like: true },
  subDeviceMayLogin: { like: true },
  mostDevices: { like: { product: 1, gateway: 1, organisation: 1 } },
  mostDevicesInBatch: { like: 1 },
  partialBatchCode: { like: 1 },
  pageTooLarge: { oneOf: ['refuse', 'cut'] },
  subDeviceElsewhere: { oneOf: ['refuse', 'move'] },
  seriesEndIncluded: { like: true },
  intervalStamp: { oneOf: ['start', 'end'] },
  brokerRejectHttpStatus: { like: 1 },
  sessionReject: { like: { http: 1, code: 1 } },
  tooLarge: { like: { http: 1, code: 1 } },
  octetStreamJson: { like: true },
  pointTimeRange: { like: [{ pastMs: 1, futureMs: 1 }, null] },
  keptEntriesPerDevice: { like: 1 },
}

/** The options that a caller changes, checked; throws `InvalidInput`. */
export function parseEnosOptions(changes: unknown): Partial<EnosOptions> {
  const fields = fieldsAt(changes, 'options.enos', Object.keys(shapes))
  for (const [name, value] of Object.entries(fields)) {
    const shape = shapes[name as keyof EnosOptions]
    const fits = 'oneOf' in shape ? shape.oneOf.includes(value as string) : isLike(shape.like, value)
    if (!fits) throw new InvalidInput(`options.enos.${name} must be ${describe(shape)}`)
  }
  return fields as Partial<EnosOptions>
}

function isLike(sample: unknown, value: unknown): boolean {
  if (Array.isArray(sample)) return sample.some((alternative) => isLike(alternative, value))
  if (!isFields(sample)) return sample === null ? value === null : typeof value === typeof sample
  const names = Object.keys(sample)
  return (
    isFields(value) &&
    Object.keys(value).every((name) => names.includes(name)) &&
    names.every((name) => isLike(sample[name], value[name]))
  )
}

function describe(shape: { like: unknown } | { oneOf: readonly string[] }): string {
  if ('oneOf' in shape) return `one of ${shape.oneOf.join(', ')}`
  return `${Array.isArray(shape.like) ? '' : 'of the shape '}${JSON.stringify(shape.like)}`
}
