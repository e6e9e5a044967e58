import { ConnectorError, isPlausible, type Scheduler, say } from '../../core'
import { eventTimesOf, takeApart } from '../record/parts'
import type { OutboxRecord } from '../record/record'
import type { Destination } from './destination'

/** By more than this the clock was set since, and did not merely drift. */
const leastStepMs = 60_000

type Time = Pick<Scheduler, 'wallMs' | 'monotonicMs' | 'sleptMs'>

/** Whether it came while the clock was not set, and bears a time that only stands in for its arrival. */
export const isUndated = ({ isArrival, clockImplausible }: OutboxRecord): boolean => isArrival && clockImplausible

/**
 * The destination, with right times: what bears the time of its arrival gets another one as it is sent, where the clock that
 * gave it was not set, or has been set by more than a minute since.
 */
export function withRightTimes(destination: Destination, time: Time, bootId: string): Destination {
  if (!destination.isDated) return destination
  return {
    ...destination,
    send: async (records, context) => destination.send(rightly(records, time, bootId), context),
    classify: (error) =>
      error instanceof ConnectorError && error.code === 'CLOCK_NOT_SET'
        ? { kind: 'network' }
        : destination.classify(error),
  }
}

/** The records as they are, but for those whose time has to be another. */
function rightly(records: readonly OutboxRecord[], time: Time, bootId: string): readonly OutboxRecord[] {
  const wallMs = time.wallMs()
  const offsetMs = wallMs - time.monotonicMs()
  const stepOf = (record: OutboxRecord) =>
    record.isArrival && record.bootId === bootId ? offsetMs - (record.acceptedWallMs - record.acceptedMonotonicMs) : 0
  if (records.every((record) => Math.abs(stepOf(record)) <= leastStepMs)) return records
  return records.map((record) => {
    const stepMs = stepOf(record)
    if (Math.abs(stepMs) <= leastStepMs) return record
    if (!isPlausible(wallMs)) {
      if (!record.clockImplausible) return record
      throw new ConnectorError(
        'CLOCK_NOT_SET',
        say`This PC's clock is once again not set: what came in meanwhile is waiting.`,
      )
    }
    return isSleep(record, stepMs, time) ? record : later(record, stepMs)
  })
}

/** While a PC sleeps the monotonic clock may stand still, and the other does not. */
function isSleep({ clockImplausible }: OutboxRecord, stepMs: number, time: Time): boolean {
  const sleptMs = time.sleptMs?.() ?? 0
  return !clockImplausible && stepMs > 0 && sleptMs > leastStepMs && stepMs <= sleptMs + leastStepMs
}

function later(record: OutboxRecord, stepMs: number): OutboxRecord {
  const byMs = Math.round(stepMs)
  const times = eventTimesOf(record)
  const texts = takeApart(record).map(({ payload }, at) => laterText(payload.toString('utf8'), times[at] ?? 0, byMs))
  return { ...record, eventTimeMs: record.eventTimeMs + byMs, payload: Buffer.from(texts.join()) }
}

/** What is dated ends with its time. */
const timeAtEnd = /"time":(\d{1,16})(\}{1,4})$/

function laterText(text: string, timeMs: number, byMs: number): string {
  const tail = timeAtEnd.exec(text.slice(-40))
  if (!tail || Number(tail[1]) !== timeMs) throw new Error('a dated payload does not end with its time')
  return `${text.slice(0, -tail[0].length)}"time":${timeMs + byMs}${tail[2]}`
}
