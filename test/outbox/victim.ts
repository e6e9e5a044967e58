import { writeSync } from 'node:fs'
import { ConnectorError, Text } from '../../lib/core'
import { type Destination, openOutbox, type Scheduler, systemScheduler } from '../../lib/outbox'
import { bodiesOf } from './places'
import { unsyncedDisk } from './real-disk'

/**
 * A process to be killed: accepts as fast as the disk allows, sends, makes a dead letter of every 97th record, and
 * tells over its standard output, line by line, what was accepted (a), taken by the cloud (d), or is open (o).
 */
const [folder = '', name = '', control] = process.argv.slice(2)
const say = (letter: string, body = ''): void => {
  try {
    writeSync(1, `${letter} ${body}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    say(letter, body)
  }
}
const isBad = (body: string) => Number(/-(\d+)/.exec(body)?.[1]) % 97 === 5

const cloud: Destination = {
  batching: 'lane',
  maxRecords: 50,
  async send(records) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (records.flatMap(bodiesOf).some(isBad)) throw new ConnectorError('VALIDATION_REFUSED', new Text(['bad'], []))
    for (const body of records.flatMap(bodiesOf)) say('d', body)
  },
  classify: () => ({ kind: 'validation' }),
}

/** A hundred times as fast, so that second tries and dead letters come before the kill. */
const hasty: Scheduler = {
  wallMs: systemScheduler.wallMs,
  monotonicMs: () => systemScheduler.monotonicMs() * 100,
  setTimeout: (callback, delayMs) => systemScheduler.setTimeout(callback, delayMs / 100),
}

/** One of single records, one of bundles, and two that share bundles. */
const streams = ['single', 'b', 's', 's49']

async function run(): Promise<void> {
  const outbox = await openOutbox({
    folder,
    freeFloorBytes: 0,
    scheduler: hasty,
    ...(control === 'unsynced' && { openDisk: unsyncedDisk }),
  })
  say('o')
  await outbox.lane('lane').attach(cloud)
  for (let next = 0; ; ) {
    const bodies = Array.from({ length: 20 }, () => `"${name}-${next++}"`)
    await Promise.all(
      bodies.map(async (body, at) => {
        const stream = streams[at % streams.length] ?? ''
        const record = { stream, payload: body, eventTimeMs: Date.now(), listable: stream !== 'single' }
        await outbox.acceptAll('lane', [record])
        say('a', body)
      }),
    )
  }
}

run().catch((error: Error) => {
  say('e', error.message)
  process.exitCode = 1
})
