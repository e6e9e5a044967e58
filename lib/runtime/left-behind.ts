import { ConnectorError, joined, say } from '../core'
import type { FormerFolder, NewRecord, OutboxRecord } from '../outbox'
import type { DesertedFolder } from './deserted-folders'
import { isAlike, readLaneText } from './lane-name'
import type { OutboxClient } from './outbox-client'

/** A lane in which something waits that nothing sends. */
export interface LeftBehindReport {
  lane: string
  pending: number
  /** When the oldest of it came, Unix ms. */
  oldestAcceptedMs: number | undefined
  /** The devices or sensors of its first 10,000 records. */
  streams: { stream: string; count: number; firstEventMs: number; lastEventMs: number }[]
}

/** What can take what is left behind. */
export interface Taker {
  lane: string
  /** Whose values they become; left out where they stay those of their sensors. */
  device?: string
}

/** For the dialog: with whom can take each lane's, and what is left in folders that the outbox, or one that was deleted, had before. */
export interface LeftBehindList {
  lanes: (LeftBehindReport & { account: string; kind: string; takers: Taker[] })[]
  folders: { folder: FormerFolder['folder']; records: FormerFolder['records'] }[]
}

const mostCounted = 10_000

/** @param lane only this one; every one when left out */
export async function leftBehind(client: OutboxClient, lane: string | undefined): Promise<LeftBehindReport[]> {
  const outbox = await client.outbox()
  const reports: LeftBehindReport[] = []
  for (const name of await strandedOnly(client, lane)) {
    const { pending, backlog } = outbox.lane(name)
    const { oldestAcceptedMs } = await outbox.lane(name).figures()
    reports.push({ lane: name, pending, oldestAcceptedMs, streams: [...(await backlog.streams(mostCounted))] })
  }
  return reports
}

/** @param deserted folders of outboxes that were deleted */
export async function listLeftBehind(
  client: OutboxClient,
  deserted: readonly DesertedFolder[],
): Promise<LeftBehindList> {
  const lanes = (await leftBehind(client, undefined)).map((report) => {
    const { account = report.lane, kind = '' } = readLaneText(report.lane) ?? {}
    const takers = takersOf(client, [report.lane]).map(({ lane, device }) => ({ lane, ...(device && { device }) }))
    return { ...report, account, kind, takers }
  })
  return { lanes, folders: [...client.former, ...deserted].map(({ folder, records }) => ({ folder, records })) }
}

/** Throws it away. */
export async function dropLeftBehind(client: OutboxClient, lane: string | undefined): Promise<void> {
  const outbox = await client.outbox()
  for (const name of await strandedOnly(client, lane)) await outbox.lane(name).backlog.drop()
}

/**
 * Gives it to what is set up now.
 * @param lane only what is in this one; all of the same cloud and kind when left out
 * @param to the lane of a node that sends
 * @param device which of the devices that the nodes of that lane are set to; any when left out
 * @throws ConnectorError `NOT_FOUND` where nothing sends from that lane, or it is of another kind; `OUTBOX_FULL`
 */
export async function giveLeftBehind(
  client: OutboxClient,
  lane: string | undefined,
  to: string | undefined,
  device?: string,
): Promise<void> {
  const outbox = await client.outbox()
  const names = await strandedOnly(client, lane)
  const takers = takersOf(client, names)
  const taker = takers.find((one) => one.lane === to && (device === undefined || one.device === device))
  if (!taker) throw noTaker(to, [...new Set(takers.map((one) => one.lane))])
  for (const name of names.filter((one) => isAlike(one, taker.lane)))
    await outbox.lane(name).backlog.giveTo(taker.lane, taker.take)
}

/** What the nodes can take of one of these lanes: of the same cloud and kind. */
function takersOf(client: OutboxClient, lanes: readonly string[]): (Taker & { take: TakeRecord })[] {
  const takers = client.waysOfNodes.flatMap((way) => {
    const take = way.take?.bind(way)
    return take && lanes.some((lane) => isAlike(lane, way.lane)) ? [{ lane: way.lane, device: way.device, take }] : []
  })
  return [...new Map(takers.map((taker) => [JSON.stringify([taker.lane, taker.device]), taker])).values()]
}

type TakeRecord = (record: OutboxRecord) => NewRecord

/** @throws ConnectorError `NOT_FOUND` for a lane that is not left behind */
async function strandedOnly(client: OutboxClient, lane: string | undefined): Promise<readonly string[]> {
  const names = await client.stranded()
  if (!lane) return names
  if (names.includes(lane)) return [lane]
  throw new ConnectorError('NOT_FOUND', say`Nothing is left behind in the lane "${lane}".`)
}

function noTaker(to: string | undefined, lanes: readonly string[]): ConnectorError {
  const choices = lanes.length > 0 ? joined(lanes, '; ') : say`none`
  return new ConnectorError(
    'NOT_FOUND',
    to === undefined || to === ''
      ? say`Set msg.to to the lane that takes it over. Available: ${choices}.`
      : say`Nothing sends from the lane "${to}". Available: ${choices}.`,
  )
}
