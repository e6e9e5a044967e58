'use strict'
// One process with the outbox alone, or with the bare disk: plain JavaScript over the compiled package.
const { open } = require('node:fs/promises')
const { join } = require('node:path')
const { setImmediate: nextTurn } = require('node:timers/promises')
const { openOutbox } = require('../../dist/lib/outbox')

const { task, folder, ...input } = JSON.parse(process.argv[2])
const options = { folder, maxBytes: 8 * 2 ** 30, freeFloorBytes: 0 }
/** One point as the nodes keep it. */
const pointOf = (value) => JSON.stringify({ measurepoints: { temp: value }, time: Date.now() })

const pointRecord = (payload) => ({ stream: 'pK11111/dK987654', payload, eventTimeMs: Date.now(), listable: true })

/** So many producers, each with one record on its way; records per second on disk. */
async function accept({ producers, durationMs }) {
  const outbox = await openOutbox(options)
  const work = async (untilMs) => {
    let count = 0
    const produce = async () => {
      for (; performance.now() < untilMs; count++) await outbox.acceptAll('lane', [pointRecord(pointOf(count))])
    }
    await Promise.all(Array.from({ length: producers }, produce))
    return count
  }
  const result = await rateOf(work, durationMs)
  await outbox.close()
  return result
}

/** The same groups, written to a plain file and synced, one after the other. */
async function write({ producers, durationMs }) {
  const file = await open(join(folder, 'plain'), 'w')
  const work = async (untilMs) => {
    let count = 0
    for (; performance.now() < untilMs; count += producers) {
      await file.write(Buffer.from(Array.from({ length: producers }, (_, at) => pointOf(count + at)).join('\n')))
      await file.datasync()
    }
    return count
  }
  const result = await rateOf(work, durationMs)
  await file.close()
  return result
}

async function rateOf(work, durationMs) {
  await work(performance.now() + durationMs / 2)
  const startMs = performance.now()
  const count = await work(startMs + durationMs)
  return { perSecond: (count * 1000) / (performance.now() - startMs) }
}

/** @param payloadBytes how long the text of a record shall be at least */
async function fill({ lane, records, payloadBytes = 0 }) {
  const outbox = await openOutbox(options)
  const note = 'x'.repeat(Math.max(0, payloadBytes - 60))
  const payloadOf = (value) => (note ? JSON.stringify({ measurepoints: { note }, time: Date.now() }) : pointOf(value))
  for (let at = 0; at < records; at += 1000) {
    const length = Math.min(1000, records - at)
    const part = Array.from({ length }, (_, one) => pointRecord(payloadOf(at + one)))
    await outbox.acceptAll(lane, part)
  }
  await outbox.close()
  return {}
}

/** Sends what the folder holds to nowhere; records per second, over at most `records` of them. */
async function drain({ lane, records }) {
  const outbox = await openOutbox(options)
  let sent = 0
  let finish
  const finished = new Promise((resolve) => {
    finish = resolve
  })
  const startMs = performance.now()
  await outbox.lane(lane).attach({
    batching: 'lane',
    async send(batch) {
      await nextTurn()
      for (const { count } of batch) sent += count
      if (sent >= records) finish()
    },
    classify: () => ({ kind: 'network' }),
  })
  await finished
  const perSecond = (sent * 1000) / (performance.now() - startMs)
  await outbox.close()
  return { perSecond }
}

const tasks = { accept, write, fill, drain }
tasks[task](input).then((result) => process.stdout.write(JSON.stringify(result)))
