import type { Fields } from '../checked-input'
import { type ApiCall, ApiRefused } from './api-call'
import type { Device } from './registry'
import { momentOf } from './zone'

/** What a query of the time series service names; its own codes are 80400 for a parameter and 80401 for an asset (docs/protocol/enos.md §11). */
export function wrong(text: string): ApiRefused {
  return new ApiRefused(80400, `Invalid param error: ${text}`)
}

export function devicesOf({ registry, app, body }: ApiCall): Device[] {
  return listOf(body, 'assetIds').map((assetId) => {
    const device = registry.device({ assetId })
    if (!device || device.orgId !== app.orgId) throw new ApiRefused(80401, `Asset unauthorized: ${assetId}`)
    return device
  })
}

/** Comma text. */
export function listOf(body: Fields, name: string): string[] {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw wrong(`${name} is mandatory, separated by commas`)
  return value.split(',').map((id) => id.trim())
}

export function limitSelection(series: number, most: number): void {
  if (series > most) throw wrong(`assets x points is more than ${most}`)
}

/** A whole number, also as text. */
export function countOf(value: unknown, name: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < least || number > most) {
    throw wrong(`${name} is a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? ' up' : ` to ${most}`}`)
  }
  return number
}

/** The samples of the documents send booleans as text. */
export function isAsked(value: unknown): boolean {
  return value === true || value === 'true'
}

export interface Bounds {
  fromMs: number
  toMs: number
}

/** `startTime` and `endTime`: both ISO 8601 with a zone, or both `YYYY-MM-DD HH:MM:SS` in the zone of the device. */
export function rangeOf({ startTime, endTime }: Fields, { timezone }: Device): Bounds {
  const isLocal = (time: unknown) => typeof time === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time)
  const isIso = (time: unknown) =>
    typeof time === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(time)
  const moment = (time: unknown, name: string) => {
    const timeMs = isLocal(time)
      ? momentOf(String(time), timezone)
      : isIso(time)
        ? Date.parse(String(time))
        : Number.NaN
    if (Number.isNaN(timeMs)) throw wrong(`${name} is ISO 8601 with a zone, or YYYY-MM-DD HH:MM:SS`)
    return timeMs
  }
  const bounds = { fromMs: moment(startTime, 'startTime'), toMs: moment(endTime, 'endTime') }
  if (isLocal(startTime) !== isLocal(endTime)) throw wrong('startTime and endTime have different forms')
  if (bounds.fromMs > bounds.toMs) throw wrong('startTime is after endTime')
  return bounds
}
