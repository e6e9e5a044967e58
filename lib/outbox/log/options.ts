import { LogFault } from './fault'

/** What a log is given from outside. */
export interface LogOptions {
  /** Of everything kept; how long segments are follows from it. Default 1 GiB. */
  readonly maxBytes?: number
  /** Ends the turn of the event loop. */
  readonly turn: () => Promise<void>
  /** 0 up to 1. */
  readonly random: () => number
  readonly monotonicMs: () => number
  /** What the disk has for it, as far as is known: no more is set aside than that. Default: no end of it. */
  readonly roomBytes?: () => number
  /** Default: a 64th of `maxBytes`, 4 KiB at least, 64 MiB at most. */
  readonly segmentBytes?: number
  /** What is handed to the file system at once, unless an entry is longer. Default 1 MiB. */
  readonly pieceBytes?: number
}

const leastSegmentBytes = 4 * 2 ** 10
const mostSegmentBytes = 64 * 2 ** 20
const segmentShare = 1 / 64

export function segmentBytesOf({ maxBytes = 2 ** 30, segmentBytes }: Pick<LogOptions, 'maxBytes' | 'segmentBytes'>) {
  const share = Math.floor(maxBytes * segmentShare)
  return segmentBytes ?? Math.max(leastSegmentBytes, Math.min(mostSegmentBytes, share))
}

export const closed = (): LogFault => new LogFault('closed', 'the log is closed')
