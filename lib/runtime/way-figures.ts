import { idsOfPath } from '../message'
import type { FormerFolder, LaneFigures } from '../outbox'
import { isAlike, readLaneText } from './lane-name'

/** The figures of all lanes in which a node's records are, as one. */
export interface WayFigures extends LaneFigures {
  /** What waits in the same outbox for something that nothing sends to: `d1x`, of the same cloud and kind. */
  readonly stranded?: { readonly pending: number; readonly account: string } | undefined
  /** What is left in a folder that the outbox had before; its number is not always known. */
  readonly former?: Pick<FormerFolder, 'records'> | undefined
}

/**
 * @param lanes that of the oldest records first: its state and failure count
 * @param stranded the lanes that nothing sends
 */
export function figuresOfWay(
  way: string,
  lanes: readonly LaneFigures[],
  stranded: readonly LaneFigures[],
): WayFigures | undefined {
  const [first] = lanes
  if (!first) return undefined
  const sum = (key: SummedFigure) => lanes.reduce((total, lane) => total + lane[key], 0)
  return {
    ...first,
    ...Object.fromEntries(summedFigures.map((key) => [key, sum(key)])),
    lane: way,
    oldestAgeMs: lanes.find(({ oldestAgeMs }) => oldestAgeMs !== undefined)?.oldestAgeMs,
    oldestAcceptedMs: lanes.find(({ oldestAcceptedMs }) => oldestAcceptedMs !== undefined)?.oldestAcceptedMs,
    lastError: lanes.find(({ lastError }) => lastError !== undefined)?.lastError,
    stranded: strandedFor(way, stranded),
  }
}

const summedFigures = [
  'accepted',
  'delivered',
  'pending',
  'pendingBytes',
  'dead',
  'deadBytes',
  'dropped',
  'evicted',
  'damaged',
  'parkedStreams',
  'inFlight',
] as const
type SummedFigure = (typeof summedFigures)[number]

function strandedFor(way: string, lanes: readonly LaneFigures[]): WayFigures['stranded'] {
  const alike = lanes.filter(({ lane, pending }) => pending > 0 && isAlike(lane, way))
  const [first] = alike
  if (!first) return undefined
  const account = readLaneText(first.lane)?.account ?? ''
  return {
    pending: alike.reduce((total, { pending }) => total + pending, 0),
    account: idsOfPath(account.slice(account.indexOf(' ') + 1)).at(-1) ?? '',
  }
}
