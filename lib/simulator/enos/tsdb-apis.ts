import { type Fields, isFields } from '../checked-input'
import { type Api, type ApiCall, ApiRefused } from './api-call'
import type { Device } from './registry'

/**
 * The time series service v2.1 with its own codes: 80400 parameter, 80401 asset not authorised.
 * Of the local times only the plain form is answered. Source: docs/protocol/enos.md §11.
 */
export const TSDB_APIS: Record<string, Api> = {
  'POST /tsdb-service/v2.1/latest': (call) => {
    const { devices, pointIds } = selection(call, 3000)
    const { timeWindow } = call.body
    if (timeWindow !== undefined && !(Number.isSafeInteger(timeWindow) && (timeWindow as number) >= 0)) {
      throw wrong('timeWindow is minutes, 0 or more')
    }
    const sinceMs = timeWindow === undefined ? -Infinity : call.nowMs - (timeWindow as number) * 60_000
    const samples = devices.flatMap((device) =>
      pointIds.flatMap((pointId) => {
        const latest = device.log.latest.get(pointId)
        return latest && latest.timeMs >= sinceMs ? [{ device, pointId, ...latest }] : []
      }),
    )
    return { data: { items: itemsOf(samples, call.body, false) } }
  },
  'POST /tsdb-service/v2.1/raw': (call) => {
    const { devices, pointIds } = selection(call, Infinity)
    const { pageSize = 1000, orderBy = 'asc' } = call.body
    if (!Number.isSafeInteger(pageSize) || (pageSize as number) < 1) throw wrong('pageSize is a whole number from 1 up')
    if (devices.length * pointIds.length * (pageSize as number) > 640_000) {
      throw wrong('assets x points x pageSize is more than 640000')
    }
    const isDescending = /desc/i.test(String(orderBy))
    const samples = devices.flatMap((device) => {
      const range = { fromMs: timeOf(call.body, 'startTime', device), toMs: timeOf(call.body, 'endTime', device) }
      return pointIds.flatMap((pointId) => {
        const history = historyOf(device, pointId, range).sort((one, other) => one.timeMs - other.timeMs)
        return (isDescending ? history.reverse() : history).slice(0, pageSize as number)
      })
    })
    return { data: { items: itemsOf(samples, call.body, true) } }
  },
}

interface Sample {
  device: Device
  pointId: string
  timeMs: number
  value: unknown
}

function wrong(text: string): ApiRefused {
  return new ApiRefused(80400, `Invalid param error: ${text}`)
}

function selection({ registry, app, body }: ApiCall, most: number): { devices: Device[]; pointIds: string[] } {
  const assetIds = listOf(body, 'assetIds')
  const pointIds = listOf(body, 'pointIds')
  if (assetIds.length * pointIds.length > most) throw wrong(`assets x points is more than ${most}`)
  const devices = assetIds.map((assetId) => {
    const device = registry.device({ assetId })
    if (!device || device.orgId !== app.orgId) throw new ApiRefused(80401, `Asset unauthorized: ${assetId}`)
    return device
  })
  return { devices, pointIds }
}

/** Comma text. */
function listOf(body: Fields, name: string): string[] {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw wrong(`${name} is mandatory, separated by commas`)
  return value.split(',').map((id) => id.trim())
}

/** ISO 8601 with a zone, or `YYYY-MM-DD HH:MM:SS` in the zone of the device. */
function timeOf(body: Fields, name: string, device: Device): number {
  const value = body[name]
  const isLocal = typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
  const timeMs = Date.parse(isLocal ? `${value.replace(' ', 'T')}${device.timezone}` : String(value))
  if (typeof value !== 'string' || Number.isNaN(timeMs)) throw wrong(`${name} is ISO 8601 or YYYY-MM-DD HH:MM:SS`)
  return timeMs
}

function historyOf(device: Device, pointId: string, range: { fromMs: number; toMs: number }): Sample[] {
  return device.log
    .entries(Infinity)
    .filter(({ timeMs, values }) => timeMs >= range.fromMs && timeMs <= range.toMs && Object.hasOwn(values, pointId))
    .map(({ timeMs, values }) => ({ device, pointId, timeMs, value: values[pointId] }))
}

/** itemFormat 0: an item per value, `{ [pointId]: value }`; 1: `{ pointId, value }`; 2: one item per asset and time. */
function itemsOf(
  samples: Sample[],
  { itemFormat = 0, withQuality, ifWithLocalTime }: Fields,
  localTime: boolean,
): Fields[] {
  const items = new Map<string, Fields>()
  for (const [index, { device, pointId, timeMs, value }] of samples.entries()) {
    const key = itemFormat === 2 ? `${device.assetId} ${timeMs}` : String(index)
    const plain = isFields(value) && 'quality' in value && 'value' in value ? value : { value, quality: undefined }
    items.set(key, {
      ...(items.get(key) ?? { assetId: device.assetId, timestamp: timeMs }),
      ...((localTime || ifWithLocalTime === true) && { localtime: localTimeOf(timeMs, device.timezone) }),
      ...(itemFormat === 1 ? { pointId, value: plain.value } : { [pointId]: plain.value }),
      ...(withQuality === true && { quality: plain.quality ?? 0 }),
    })
  }
  return [...items.values()]
}

function localTimeOf(timeMs: number, timezone: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(timezone) ?? []
  const offsetMs = sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0
  return new Date(timeMs + offsetMs).toISOString().slice(0, 19).replace('T', ' ')
}
