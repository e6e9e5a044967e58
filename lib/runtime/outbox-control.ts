import type { Node, NodeAPI } from 'node-red'
import { ConnectorError, parseJson, say, type Translate } from '../core'
import { type DeadRecord, type Lane, prometheusText } from '../outbox'
import type { outboxCommands } from '../settings'
import { adminGet, adminPost } from './admin'
import { clientIfThere } from './chosen'
import type { ConfigurationNode } from './configuration'
import { watchDesertedFolders } from './deserted-folders'
import { dataIn, translation } from './languages'
import { dropLeftBehind, giveLeftBehind, leftBehind, listLeftBehind } from './left-behind'
import type { OutboxClient } from './outbox-client'
import { asOptionalNumber } from './parse'
import type { Setting } from './settings'

export type OutboxCommand = (typeof outboxCommands)[number]

/** A dead letter as a flow sees it: what it was, where it should have gone, and why it could not. */
export interface DeadLetterReport {
  lane: string
  stream: string
  sequence: number
  eventTimeMs: number
  payload: unknown
  reason: DeadRecord['reason']
}

const mostReported = 1_000

/** What an operator asks for. */
export interface OutboxRequest {
  command: OutboxCommand
  /** Only this lane; every lane when left out. */
  lane: string | undefined
  /** Which lane is given what is left behind. */
  to?: string | undefined
  /** Of evictions: only those before the one of this number. */
  before?: number | undefined
}

/**
 * Does what an operator asks for.
 * @returns plain data: the figures after it; for `dead-letters` at most 1,000 `DeadLetterReport`s, oldest first; for
 * `evictions` at most 100 `EvictionEntry`s, newest first; for `left-behind` a `LeftBehindReport` for each lane
 * @throws ConnectorError `NOT_FOUND` for an unknown lane, `OUTBOX_UNAVAILABLE`
 */
export async function controlOutbox(
  client: OutboxClient,
  { command, lane: laneName, before, to }: OutboxRequest,
  translate: Translate,
): Promise<unknown> {
  const outbox = await client.outbox()
  const names = (await outbox.figures()).lanes.map(({ lane }) => lane)
  if (laneName && !names.includes(laneName)) {
    throw new ConnectorError(
      'NOT_FOUND',
      say`The outbox has no lane "${laneName}". It has: ${names.join('; ') || say`none`}.`,
    )
  }
  const lanes = (laneName ? [laneName] : names).map((name) => outbox.lane(name))
  if (command === 'evictions') return outbox.evictions({ before, lane: laneName })
  if (command === 'dead-letters') return dataIn(translate, await deadLetters(lanes))
  if (command === 'left-behind') return leftBehind(client, laneName)
  if (command === 'give-left-behind') await giveLeftBehind(client, laneName, to)
  else if (command === 'drop-left-behind') await dropLeftBehind(client, laneName)
  else for (const lane of lanes) await act(lane, command)
  return dataIn(translate, await outbox.figures())
}

type LaneCommand = 'figures' | 'flush' | 'pause' | 'resume' | 'retry-dead-letters' | 'drop-dead-letters'

async function act(lane: Lane, command: LaneCommand): Promise<void> {
  switch (command) {
    case 'figures':
      return
    case 'flush':
      lane.flush()
      return
    case 'pause':
      lane.pause()
      return
    case 'resume':
      lane.resume()
      return
    case 'retry-dead-letters':
      await lane.deadLetters.retry()
      return
    case 'drop-dead-letters':
      await lane.deadLetters.drop()
  }
}

async function deadLetters(lanes: readonly Lane[]): Promise<DeadLetterReport[]> {
  const reports: DeadLetterReport[] = []
  for (const lane of lanes) {
    const letters = await lane.deadLetters.list({ limit: mostReported - reports.length })
    reports.push(...letters.map((letter) => reportOf(lane.name, letter)))
    if (reports.length >= mostReported) break
  }
  return reports
}

function reportOf(lane: string, { record, reason }: DeadRecord): DeadLetterReport {
  const { stream, sequence, eventTimeMs } = record
  const text = record.payload.toString('utf8')
  // JSON that is not ours is shown as it is: one bad dead letter must not hide the others.
  const payload = parseJson(text) ?? text.slice(0, 1_000)
  return { lane, stream, sequence, eventTimeMs, payload, reason }
}

/**
 * Sends each record that becomes a dead letter from the node's second output, as `dead-letters` lists it. What dies while
 * the flow is stopped is not told again; it is in the list.
 */
export const deadLetterOutput: Setting<undefined> = {
  evaluate: () => undefined,
  open(opening) {
    const { node, RED } = opening
    const outbox = clientIfThere<OutboxClient>(opening, 'outbox', 'cloud-outbox')
    return outbox?.onDeadLetters((lane, letters) => {
      // The editor wires a node anew without making it anew.
      const { wires } = node as Node & { wires?: readonly (readonly string[])[] }
      if (!wires?.[1]?.length) return
      for (const letter of letters) {
        const payload = dataIn(translation(RED), reportOf(lane, letter))
        node.send([null, { topic: letter.record.stream, payload }])
      }
    })
  },
}

const textOf = (value: unknown) => (typeof value === 'string' && value ? value : undefined)

/**
 * An outbox for monitoring: its figures as JSON at `…/outbox/{id}` and as Prometheus text at `…/outbox/{id}/metrics`; what it
 * has evicted, newest first, a hundred at a time, at `…/outbox/{id}/evictions?before=NUMBER&lane=NAME`. For the dialog of
 * outbox control: a `LeftBehindList` at `…/outbox/{id}/left-behind`; `POST …/outbox/give-left-behind` with
 * `{ id, lane, to, device? }`, and `…/outbox/drop-left-behind` with `{ id, lane }`, both for one lane, answer what is left then.
 */
export function serveOutbox(RED: NodeAPI): void {
  const deserted = watchDesertedFolders(RED)
  const clientOf = (id: string) => {
    const node = RED.nodes.getNode(id) as ConfigurationNode<OutboxClient> | null
    if (node?.type !== 'cloud-outbox') throw new ConnectorError('NOT_FOUND', say`No such outbox is deployed.`)
    return node.client()
  }
  const figures = async (id: string) => clientOf(id).figures()
  adminGet(RED, '/outbox/:id', 'cloud-outbox.read', async ({ id = '' }) => ({ json: await figures(id) }))
  adminGet(RED, '/outbox/:id/metrics', 'cloud-outbox.read', async ({ id = '' }) => ({
    text: prometheusText(await figures(id)),
  }))
  adminGet(RED, '/outbox/:id/evictions', 'cloud-outbox.read', async ({ id = '' }, { before, lane }) => {
    const outbox = await clientOf(id).outbox()
    const query = { before: asOptionalNumber(before, 'before'), lane: lane || undefined }
    return { json: { evictions: await outbox.evictions(query) } }
  })
  adminGet(RED, '/outbox/:id/left-behind', 'cloud-outbox.read', async ({ id = '' }) => ({
    json: await listLeftBehind(clientOf(id), deserted.found),
  }))
  adminPost(RED, '/outbox/give-left-behind', 'cloud-outbox.write', async ({ id, lane, to, device }) => {
    const client = clientOf(String(id))
    await giveLeftBehind(client, oneLane(lane), textOf(to), textOf(device))
    return listLeftBehind(client, deserted.found)
  })
  adminPost(RED, '/outbox/drop-left-behind', 'cloud-outbox.write', async ({ id, lane }) => {
    const client = clientOf(String(id))
    await dropLeftBehind(client, oneLane(lane))
    return listLeftBehind(client, deserted.found)
  })
}

/** A dialog means exactly what it shows, and nothing else. @throws ConnectorError `INPUT_INVALID` */
function oneLane(lane: unknown): string {
  const name = textOf(lane)
  if (name !== undefined) return name
  throw new ConnectorError('INPUT_INVALID', say`The form sent no values.`)
}
