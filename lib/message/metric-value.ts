import { say } from '../core'
import type { FieldValue } from './value-report'
import { bytesFault, isLong, longOf } from './wide-value'

type Members = Readonly<Record<string, unknown>>

/** The types of Sparkplug B, at the place of their numbers. Source: Eclipse Sparkplug 3.0, section 6.4.16. */
const types = [
  ...['Unknown', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Float', 'Double'],
  ...['Boolean', 'String', 'DateTime', 'Text', 'UUID', 'DataSet', 'Bytes', 'File', 'Template'],
] as const

/** What a metric holds that no point can. */
const structured: ReadonlySet<string> = new Set(['DataSet', 'Bytes', 'File', 'Template'])

function typeOf({ type }: Members): string | undefined {
  if (typeof type === 'number') return types[type]
  return types.find((name) => name === type)
}

/** `{ name, type, value, timestamp }` of Sparkplug B; without its name it has an alias. */
export function isMetric(value: Members): boolean {
  const isEmpty = value.isNull === true || value.is_null === true
  const isNamed = typeof value.name === 'string' || 'alias' in value
  return isNamed && ('value' in value || isEmpty) && typeOf(value) !== undefined
}

export function metricValueOf(metric: Members): FieldValue {
  const { value } = metric
  const time = timeOf(metric)
  const timed = time === undefined ? {} : { time }
  if (metric.isNull === true || metric.is_null === true) return { value: null, ...timed }
  if (typeof metric.name !== 'string') {
    const text = say`a Sparkplug metric has no name, only an alias. Send it with the name that the birth certificate gives it.`
    return { value, ...timed, fault: { code: 'INPUT_INVALID', text } }
  }
  const type = typeOf(metric)
  if (type !== undefined && structured.has(type)) {
    const text = say`a Sparkplug metric of type ${type} holds no single value. Take it apart first.`
    return { value, ...timed, fault: { code: 'INPUT_INVALID', text } }
  }
  if (typeof value !== 'object' || value === null) return { value, ...timed }
  if (isLong(value as Members)) return { value: longOf(value as never), ...timed }
  const fault = bytesFault(value)
  return { value, ...timed, ...(fault ? { fault } : {}) }
}

/** `{ metrics: […], timestamp }`, or a list of metrics. */
export function metricsIn(payload: unknown): { metrics: readonly Members[]; time: unknown } | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  if (Array.isArray(payload)) {
    return isMetricItem(payload[0]) && isAll(payload, isMetricItem) ? { metrics: payload, time: undefined } : undefined
  }
  const { metrics } = payload as Members
  return isAll(metrics, isNamed) ? { metrics, time: timeOf(payload as Members) } : undefined
}

/** `every` passes over the holes of a list. */
const isAll = (list: unknown, is: (item: unknown) => boolean): list is readonly Members[] =>
  Array.isArray(list) && Array.from(list as unknown[]).every(is)

/** When a metric was measured, or its whole message. */
function timeOf({ timestamp }: Members): unknown {
  const isWide = typeof timestamp === 'object' && timestamp !== null && isLong(timestamp as Members)
  const time = isWide ? Number(longOf(timestamp as never)) : timestamp
  return time === undefined || time === null || time === 0 ? undefined : time
}

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null
const isMetricItem = (item: unknown): boolean => isMembers(item) && isMetric(item)
/** Without its name a metric has an alias, which only the birth certificate explains. */
const isNamed = (item: unknown): boolean => isMembers(item) && ('name' in item || 'alias' in item)

/** Metrics of one time, by their names. */
export interface MetricSet {
  readonly time: unknown
  readonly values: Map<string, Members>
}

/**
 * The metrics in their order, as sets of one time each; one whose name comes again begins a new set.
 * @param time of those that name none
 */
export function metricSets(metrics: readonly Members[], time: unknown): MetricSet[] {
  const sets: MetricSet[] = []
  for (const metric of metrics) {
    const name = typeof metric.name === 'string' ? metric.name : `alias ${String(metric.alias).slice(0, 20)}`
    const own = timeOf(metric) ?? time
    const typed = typeOf(metric) === undefined ? { ...metric, type: 'Unknown' } : metric
    const last = sets.at(-1)
    if (last && last.time === own && !last.values.has(name)) last.values.set(name, typed)
    else sets.push({ time: own, values: new Map([[name, typed]]) })
  }
  return sets
}
