import { DurableQueue } from '../../lib/outbox/queue/queue'
import { bodiesOf, noEvents, readAll } from './places'

/** Opens damaged outboxes in a process of its own, which the store may abort, and tells what is in them. */
process.on('message', async (folder: string) => {
  try {
    process.send?.(await survey(folder))
  } catch (error) {
    process.send?.({ error: (error as Error).message })
  }
})

export interface Survey {
  readonly error?: string
  readonly bodies: readonly string[]
  readonly ledger: ReturnType<DurableQueue['ensureLane']>
  readonly takesNew: boolean
}

async function survey(folder: string): Promise<Survey> {
  const lane = 'lane'
  const diskSpace = async () => ({ freeBytes: 1e12, totalBytes: 1e12 })
  const queue = await DurableQueue.open({ folder, diskSpace }, noEvents)
  const bodies = await bodiesIn(queue, lane)
  await queue.quietly(() => undefined)
  const ledger = queue.ledgerOf(lane)
  await queue.append(lane, [{ stream: 's', payload: '"new"', eventTimeMs: 0 }])
  await queue
    .store()
    .compact({ from: Buffer.of(0), before: Buffer.alloc(12, 255) })
    .catch(() => undefined)
  const takesNew = (await bodiesIn(queue, lane)).includes('"new"')
  await queue.close()
  return { bodies, ledger, takesNew }
}

/** As a lane does: a reading that meets a store which is being opened again is repeated. */
async function bodiesIn(queue: DurableQueue, lane: string): Promise<string[]> {
  for (let readings = 1; ; readings++) {
    try {
      return (await readAll(queue, lane)).flatMap(bodiesOf)
    } catch (error) {
      if (readings === 20) throw error
      await queue.quietly(() => undefined)
    }
  }
}
