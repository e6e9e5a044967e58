'use strict'
// One process of the measurement. Plain JavaScript over the compiled package, so that nothing else is measured with it.
const { randomFillSync } = require('node:crypto')
const { readFileSync } = require('node:fs')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { setTimeout: wait, setImmediate: nextTurn } = require('node:timers/promises')
const { openOutbox } = require('../../dist/lib/outbox')

const recordBytes = 200
const [, , task, folder, countText, payloadText = String(recordBytes)] = process.argv
const count = Number(countText)
const options = { folder, maxBytes: 4 * 2 ** 30, freeFloorBytes: 0 }

/** MB of physical memory: all, our own, and mapped from files (page cache that the kernel can take back). */
function memory() {
  const status = readFileSync('/proc/self/status', 'utf8')
  const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { all: megabytes('VmRSS'), own: megabytes('RssAnon'), files: megabytes('RssFile') }
}

/** p99 and the longest, ms, over what a 1 ms timer is late by. */
async function delayWhile(work) {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await work()
  histogram.disable()
  return { p99: histogram.percentile(99) / 1e6 - 1, max: histogram.max / 1e6 - 1 }
}

async function fill(payloadBytes) {
  const outbox = await openOutbox(options)
  for (let at = 0; at < count; at += 500) {
    const records = Array.from({ length: 500 }, (_, one) => ({
      stream: `device-${one % 20}`,
      payload: randomFillSync(Buffer.allocUnsafe(payloadBytes)),
      eventTimeMs: 0,
    }))
    await outbox.acceptAll('lane', records)
  }
  await outbox.close()
}

async function drain() {
  const idle = await delayWhile(() => wait(5000))
  const outbox = await openOutbox(options)
  const draining = await delayWhile(async () => {
    const send = () => nextTurn()
    await outbox.lane('lane').attach({ batching: 'lane', send, classify: () => ({ kind: 'network' }) })
    while ((await outbox.figures()).lanes[0].pending > 0) await wait(50)
  })
  await outbox.close()
  return { idle, draining }
}

/** Takes in `count` records, 1,000 a second, and sends them. */
async function trickle() {
  const idle = await delayWhile(() => wait(5000))
  const outbox = await openOutbox(options)
  await outbox.lane('lane').attach({ batching: 'lane', send: () => nextTurn(), classify: () => ({ kind: 'network' }) })
  const draining = await delayWhile(async () => {
    const accepted = []
    for (let at = 0; at < count; at += 10) {
      for (let one = 0; one < 10; one++) accepted.push(outbox.accept('lane', `s${one}`, 'x'.repeat(recordBytes), 0))
      await wait(10)
    }
    await Promise.all(accepted)
  })
  await outbox.close()
  return { idle, draining }
}

async function open() {
  await wait(500)
  const idle = memory()
  const startMs = performance.now()
  const outbox = await openOutbox(options)
  const openMs = performance.now() - startMs
  let most = memory()
  const sampling = setInterval(() => {
    const now = memory()
    if (now.all > most.all) most = now
  }, 20)
  await wait(1000)
  clearInterval(sampling)
  await outbox.close()
  return { openMs, idle, most }
}

const tasks = { fill: () => fill(Number(payloadText)), drain, trickle, open }
tasks[task]().then((result) => process.stdout.write(JSON.stringify(result ?? {})))
