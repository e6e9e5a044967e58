import { type Fields, isFields } from '../checked-input'
import type { EnosOptions } from './options'
import type { Device } from './registry'
import { measurepointProblem } from './thing-model'
import { BrokerRefused, type Refuse, type TopicCall } from './topic-call'

interface CheckedEntry {
  device: Device
  timeMs: number
  values: Fields
}

/** `.../measurepoint/post` and `.../resume`: `{ measurepoints, time? }` of the device itself. */
export function acceptPoint(call: TopicCall, refuse: Refuse): object {
  const { params } = call.message
  if (!isFields(params)) return refuse('params must be an object')
  accept(call, [checked(call, params, call.device, false, refuse)])
  return {}
}

/**
 * `.../post/batch` and `.../resume/batch`: a list of `{ productKey?, deviceKey?, measurepoints, time? }`. All or nothing,
 * unless `skipInvalidMeasurepoints` leaves bad points out; sub-devices must be in the device's topology, and online
 * unless `allowOfflineSubDevice`.
 */
export function acceptPointBatch(call: TopicCall, refuse: Refuse): object {
  const { params, allowOfflineSubDevice = false, skipInvalidMeasurepoints = false } = call.message
  if (!Array.isArray(params) || params.length === 0) return refuse('params must be a list that is not empty')
  if (typeof allowOfflineSubDevice !== 'boolean' || typeof skipInvalidMeasurepoints !== 'boolean') {
    return refuse('allowOfflineSubDevice and skipInvalidMeasurepoints must be true or false')
  }
  const entries = params.map((entry: unknown) => {
    if (!isFields(entry)) return refuse('each of params must be an object')
    const device = entryDevice(call, entry, allowOfflineSubDevice)
    return checked(call, entry, device, skipInvalidMeasurepoints, refuse)
  })
  accept(call, entries)
  return {}
}

function accept({ registry, topic, nowMs }: TopicCall, entries: CheckedEntry[]): void {
  const channel = topic.slice('thing/measurepoint/'.length)
  for (const { device, timeMs, values } of entries) {
    if (Object.keys(values).length > 0) registry.acceptPoints(device, { timeMs, values, channel }, nowMs)
  }
}

function checked(call: TopicCall, entry: Fields, device: Device, skipInvalid: boolean, refuse: Refuse): CheckedEntry {
  const { measurepoints, time = call.nowMs } = entry
  if (!isFields(measurepoints)) return refuse('measurepoints must be an object')
  if (!Number.isSafeInteger(time) || (time as number) < 0) return refuse('time must be Unix milliseconds')
  const timeMs = time as number
  if (!isInRange(call.options, timeMs, call.nowMs)) return refuse(`time ${timeMs} is out of range`)
  const model = call.registry.modelOf(device)
  const bad: string[] = []
  let count = 0
  for (const id in measurepoints) {
    count += 1
    const problem = measurepointProblem(model, id, measurepoints[id])
    if (!problem) continue
    if (!skipInvalid) throw new BrokerRefused(1204, problem)
    bad.push(id)
  }
  if (count === 0) return refuse('measurepoints is empty')
  if (bad.length === 0) return { device, timeMs, values: measurepoints }
  return {
    device,
    timeMs,
    values: Object.fromEntries(Object.entries(measurepoints).filter(([id]) => !bad.includes(id))),
  }
}

function entryDevice({ registry, login, device, nowMs }: TopicCall, entry: Fields, allowOffline: boolean): Device {
  const { productKey = device.productKey, deviceKey = device.deviceKey } = entry
  if (productKey === device.productKey && deviceKey === device.deviceKey) return device
  const name = `${String(productKey)}/${String(deviceKey)}`
  const subDevice = registry.device({ productKey, deviceKey })
  if (!subDevice || !registry.isBehind(subDevice, device)) {
    throw new BrokerRefused(1212, `sub-device ${name} is not in the topology of this gateway`)
  }
  if (!allowOffline && !login.isOnline(subDevice, nowMs)) throw new BrokerRefused(1212, `sub-device ${name} is offline`)
  return subDevice
}

/** Whether a point's time is one that the options let pass. */
export function isInRange({ pointTimeRange: range }: EnosOptions, timeMs: number, nowMs: number): boolean {
  return !range || (timeMs >= nowMs - range.pastMs && timeMs <= nowMs + range.futureMs)
}
