import { ConnectorError } from '../http'
import { joined, say } from '../text'
import type { OutboxClient } from './outbox-client'

/** A lane in which something waits that nothing sends. */
export interface LeftBehindReport {
  lane: string
  pending: number
  /** The devices or sensors of its first 10,000 records. */
  streams: { stream: string; count: number; firstEventMs: number; lastEventMs: number }[]
}

const mostCounted = 10_000

/** @param lane only this one; every one when left out */
export async function leftBehind(client: OutboxClient, lane: string | undefined): Promise<LeftBehindReport[]> {
  const outbox = await client.outbox()
  const reports: LeftBehindReport[] = []
  for (const name of await strandedOnly(client, lane)) {
    const { pending, backlog } = outbox.lane(name)
    reports.push({ lane: name, pending, streams: [...(await backlog.streams(mostCounted))] })
  }
  return reports
}

/** Throws it away. */
export async function dropLeftBehind(client: OutboxClient, lane: string | undefined): Promise<void> {
  const outbox = await client.outbox()
  for (const name of await strandedOnly(client, lane)) await outbox.lane(name).backlog.drop()
}

/**
 * Gives it to what is set up now.
 * @param to the lane of a node that sends
 * @throws ConnectorError `NOT_FOUND` where nothing sends from that lane, or it is of another kind; `OUTBOX_FULL`
 */
export async function giveLeftBehind(
  client: OutboxClient,
  lane: string | undefined,
  to: string | undefined,
): Promise<void> {
  const outbox = await client.outbox()
  const names = await strandedOnly(client, lane)
  const takers = client.ways.filter((way) => way.take !== undefined)
  const way = takers.find((candidate) => candidate.lane === to)
  if (!way?.take)
    throw noTaker(
      to,
      takers.map((taker) => taker.lane),
    )
  const take = way.take.bind(way)
  for (const name of names) await outbox.lane(name).backlog.giveTo(way.lane, take)
}

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
      ? say`Say in msg.to which lane takes it. There is: ${choices}.`
      : say`Nothing sends from the lane "${to}". There is: ${choices}.`,
  )
}
