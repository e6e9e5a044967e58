import { countAll } from './record'
import type { Attempt } from './sending'

/** Faults of the cloud at the same records, one after the other. */
export interface FaultRun {
  readonly count: number
  /** How many of them came after the cloud had taken something since the one before: then it is no outage. */
  readonly proven: number
  readonly lastMs: number
}

/** So many faults raise the suspicion that the records cause them. */
const patience = 20
/** A part of a suspected batch needs so many, each of them proven. */
const provenFaults = 2
/** Without proof a batch is cut into no more parts: enough to halve a thousand records down to the first one. */
const mostUnprovenParts = 13
const mostBatches = 1000

/** Tells an outage of the cloud from a record at which it stumbles. */
export class ServerFaults {
  /** Of batches that are put together anew each time, by their first record. */
  private readonly runs = new Map<number, FaultRun>()

  /**
   * What one more fault means. `outage`: wait, everything stays. `suspect`: find out by sending the parts apart, or, where
   * it is a single record, beside the others. `guilty`: the cloud takes others, but not this record.
   */
  judge(
    attempt: Attempt,
    { nowMs, lastAcceptedMs, parts }: { nowMs: number; lastAcceptedMs: number; parts: number },
  ): { verdict: 'outage' | 'suspect' | 'guilty'; run: FaultRun } {
    const { origin, records, firstSequence } = attempt
    const before = (origin === 'window' ? this.runs.get(firstSequence) : attempt.faults) ?? noFaults
    const isProven = lastAcceptedMs >= before.lastMs
    const run = { count: before.count + 1, proven: before.proven + (isProven ? 1 : 0), lastMs: nowMs }
    const isSuspicious = run.count >= patience && (run.proven >= provenFaults || parts < mostUnprovenParts)
    if (origin === 'window') {
      if (isSuspicious) this.runs.delete(firstSequence)
      else this.remember(firstSequence, run)
      return { verdict: isSuspicious ? 'suspect' : 'outage', run: suspicion(nowMs) }
    }
    if (isSuspicious && countAll(records) > 1) return { verdict: 'suspect', run: suspicion(nowMs) }
    return { verdict: isSuspicious && run.proven >= provenFaults ? 'guilty' : 'outage', run }
  }

  /** The cloud has taken a batch that begins with this record. */
  accepted({ firstSequence }: Attempt): void {
    this.runs.delete(firstSequence)
  }

  private remember(firstSequence: number, run: FaultRun): void {
    // Batches that were evicted or parked never come again.
    if (this.runs.size >= mostBatches) this.runs.clear()
    this.runs.set(firstSequence, run)
  }
}

const noFaults: FaultRun = { count: 0, proven: 0, lastMs: Number.POSITIVE_INFINITY }

function suspicion(nowMs: number): FaultRun {
  return { count: patience - provenFaults, proven: 0, lastMs: nowMs }
}
