import { type Fields, isFields } from '../checked-input'
import type { Device } from './registry'
import { countOf, isAsked } from './tsdb-request'
import { localTimeOf } from './zone'

/** A value of one point of one device. */
export interface Sample {
  device: Device
  /** What its value is called in a row: `temp`, `sum(temp)`. */
  pointId: string
  timeMs: number
  value: unknown
}

/**
 * The items of an answer (docs/protocol/enos.md §11): `itemFormat` 0 is a row for each point and time, 1 a row for each
 * asset and time with all its points, 2 a row for each asset and point with parallel lists. Where the quality of several
 * points stands in a row of format 1 is documented nowhere; there it is left out.
 */
export function itemsOf(samples: Sample[], body: Fields, withLocalTime: boolean): Fields[] {
  const format = countOf(body.itemFormat ?? 0, 'itemFormat', 0, 2)
  const local = localTimes(body, withLocalTime)
  const withQuality = isAsked(body.withQuality)
  if (format === 2) return seriesItems(samples, local, withQuality)
  const items = new Map<string, Fields>()
  for (const [index, sample] of samples.entries()) {
    const { device, pointId, timeMs } = sample
    const key = format === 1 ? `${device.assetId} ${timeMs}` : String(index)
    const { value, quality } = plain(sample)
    items.set(key, {
      ...(items.get(key) ?? { assetId: device.assetId, timestamp: timeMs }),
      ...(local && { localtime: local(sample) }),
      [pointId]: value,
      ...(withQuality && format === 0 && { quality }),
    })
  }
  return [...items.values()]
}

function seriesItems(
  samples: Sample[],
  local: ((sample: Sample) => string) | undefined,
  withQuality: boolean,
): Fields[] {
  const series = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = `${sample.device.assetId} ${sample.pointId}`
    const rows = series.get(key)
    if (rows) rows.push(sample)
    else series.set(key, [sample])
  }
  return [...series.values()].map((rows) => ({
    assetId: rows[0]?.device.assetId,
    pointId: rows[0]?.pointId,
    timestamp: rows.map(({ timeMs }) => timeMs),
    ...(local && { localTime: rows.map(local) }),
    value: rows.map((sample) => plain(sample).value),
    ...(withQuality && { dataQuality: rows.map((sample) => plain(sample).quality) }),
  }))
}

function localTimes(body: Fields, withLocalTime: boolean): ((sample: Sample) => string) | undefined {
  const withZone = countOf(body.localTimeFormat ?? 0, 'localTimeFormat', 0, 1) === 1
  const withMs = isAsked(body.localTimeAccuracy)
  return withLocalTime ? ({ device, timeMs }) => localTimeOf(timeMs, device.timezone, { withMs, withZone }) : undefined
}

/** A point with quality is `{ value, quality }`. */
export function plain({ value }: Pick<Sample, 'value'>): { value: unknown; quality: unknown } {
  return isFields(value) && 'quality' in value && 'value' in value
    ? { value: value.value, quality: value.quality }
    : { value, quality: 0 }
}
