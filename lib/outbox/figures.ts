import type { RecoveryReport } from './log/recovery'
import type { DeadReason } from './record/dead-letter'
import type { LaneState } from './sender/gate'

/** One lane, as an operator sees it. accepted = delivered + pending + dead + dropped + evicted + damaged. */
export interface LaneFigures {
  readonly lane: string
  /** `detached` while no destination is there. */
  readonly state: LaneState | 'detached'
  readonly accepted: number
  readonly delivered: number
  readonly pending: number
  readonly pendingBytes: number
  readonly dead: number
  readonly deadBytes: number
  readonly dropped: number
  readonly evicted: number
  readonly damaged: number
  /** Values that were never accepted, because they can't be sent, since the outbox was opened. */
  readonly rejected: number
  /** The latest of them, newest last. */
  readonly lastRejected: readonly RejectedValue[]
  /** How long the oldest pending record has certainly been waiting, ms. */
  readonly oldestAgeMs: number | undefined
  /** Wall clock at which it was accepted, Unix ms. For people. */
  readonly oldestAcceptedMs: number | undefined
  /** Devices or sensors whose records wait by themselves, while others are delivered. */
  readonly parkedStreams: number
  /** Refused records that wait to be tried again, before they become dead letters. */
  readonly suspects: number
  /** There is no room for more dead letters: the devices and sensors that make them wait. */
  readonly deadLettersFull: boolean
  readonly inFlight: number
  /** How long until the next try, where the lane waits for one, ms. */
  readonly retryInMs: number | undefined
  /** The latest failure that is not yet made good. */
  readonly lastError: DeadReason | undefined
  /** Some of what is pending came while the PC's clock was not set, and waits until it is. */
  readonly waitsForClock?: boolean
}

/** A value that its message was accepted without. */
export interface RejectedValue {
  readonly row?: number
  readonly point?: string
  readonly reason: string
}

export interface OutboxFigures {
  readonly folder: string
  readonly lanes: readonly LaneFigures[]
  readonly heldBytes: number
  readonly maxBytes: number
  /** Why nothing can be accepted now. */
  readonly storeError: DeadReason | undefined
  /** What was not as it should be in the folder when it was opened. */
  readonly found: RecoveryReport
}

const metrics: readonly (readonly [name: string, type: 'counter' | 'gauge', help: string, value: keyof LaneFigures])[] =
  [
    ['accepted_total', 'counter', 'Records accepted, on disk', 'accepted'],
    ['delivered_total', 'counter', 'Records confirmed by the cloud', 'delivered'],
    ['dropped_total', 'counter', 'Dead letters thrown away by a person', 'dropped'],
    ['evicted_total', 'counter', 'Records evicted by the limits', 'evicted'],
    ['damaged_total', 'counter', 'Records lost to damaged bytes on the disk', 'damaged'],
    [
      'rejected_total',
      'counter',
      'Values left out because they cannot be sent, since the outbox was opened',
      'rejected',
    ],
    ['pending', 'gauge', 'Records waiting', 'pending'],
    ['pending_bytes', 'gauge', 'Bytes waiting', 'pendingBytes'],
    ['dead', 'gauge', 'Dead letters kept', 'dead'],
    ['parked_streams', 'gauge', 'Devices or sensors that the cloud does not take', 'parkedStreams'],
  ]

/** The figures in the Prometheus text format, version 0.0.4. */
export function prometheusText({ folder, lanes, heldBytes, maxBytes, storeError }: OutboxFigures): string {
  const outbox = `outbox="${escaped(folder)}"`
  const metric = (name: string, type: string, help: string, samples: readonly string[]) =>
    [`# HELP outbox_${name} ${help}`, `# TYPE outbox_${name} ${type}`, ...samples].join('\n')
  const ofLanes = (name: string, value: (lane: LaneFigures) => number | undefined, labels = (_: LaneFigures) => '') =>
    lanes.flatMap((lane) => {
      const sample = value(lane)
      return sample === undefined
        ? []
        : `outbox_${name}{${outbox},lane="${escaped(lane.lane)}"${labels(lane)}} ${sample}`
    })
  const seconds = ({ oldestAgeMs }: LaneFigures) => (oldestAgeMs !== undefined ? oldestAgeMs / 1000 : undefined)
  return [
    ...metrics.map(([name, type, help, key]) =>
      metric(
        name,
        type,
        help,
        ofLanes(name, (lane) => Number(lane[key])),
      ),
    ),
    metric('oldest_age_seconds', 'gauge', 'Age of the oldest waiting record', ofLanes('oldest_age_seconds', seconds)),
    metric(
      'lane_state',
      'gauge',
      '1 for the state that the lane is in',
      ofLanes(
        'lane_state',
        () => 1,
        ({ state }) => `,state="${state}"`,
      ),
    ),
    metric('held_bytes', 'gauge', 'Bytes kept, dead letters included', [`outbox_held_bytes{${outbox}} ${heldBytes}`]),
    metric('max_bytes', 'gauge', 'Limit of the bytes kept', [`outbox_max_bytes{${outbox}} ${maxBytes}`]),
    metric('store_ok', 'gauge', '0 while nothing can be written', [`outbox_store_ok{${outbox}} ${storeError ? 0 : 1}`]),
    '',
  ].join('\n')
}

function escaped(label: string): string {
  return label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
