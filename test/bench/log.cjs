'use strict'
// The outbox's log as a store alone: `nice -n 10 node test/bench/log.cjs`, after a build. Each round of each row is a process of its own, one
// after the other. The rows have the medians of the rates, and the least CPU of the whole process, which tells something on a busy machine,
// too. `TMPDIR=/dev/shm` leaves the disk out. `PENDING_RECORDS=10000000 BODY_BYTES=80` shows what ten million records that wait cost.
const { execFileSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { NodeDisk } = require('../../dist/lib/outbox/log/node-disk')
const { openSegmentLog } = require('../../dist/lib/outbox/log/segment-log')

const number = (name, instead) => Number(process.env[name] ?? instead)
const rounds = number('ROUNDS', 5)
const durationMs = number('DURATION_MS', 1500)
const drainRecords = number('DRAIN_RECORDS', 200_000)
const pendingRecords = number('PENDING_RECORDS', 1_000_000)
const bodyBytes = number('BODY_BYTES', 200)
const lane = 'bench'
const groupRecords = 1000
const lastSequence = 2 ** 48 - 1

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
const body = (sequence) => Buffer.alloc(bodyBytes, 97 + (sequence % 26))

function open(folder) {
  const options = { turn: nextTurn, random: Math.random, monotonicMs: () => performance.now(), maxBytes: 8 * 2 ** 30 }
  return openSegmentLog(new NodeDisk(folder), options)
}

const put = (sequence) => ({
  type: 'put',
  lane,
  area: 'pending',
  sequence,
  count: 1,
  isAccepted: true,
  body: body(sequence),
})

async function fill(log, records) {
  for (let at = 1; at <= records; at += groupRecords) {
    const length = Math.min(groupRecords, records - at + 1)
    await log.commit(Array.from({ length }, (_, one) => put(at + one)))
  }
}

const tasks = {
  /** Producers, each with one record on its way. */
  async accept(folder, { producers }) {
    const log = await open(folder)
    let sequence = 1
    const work = async (untilMs) => {
      const first = sequence
      const produce = async () => {
        while (performance.now() < untilMs) await log.commit([put(sequence++)])
      }
      await Promise.all(Array.from({ length: producers }, produce))
      return sequence - first
    }
    await work(performance.now() + durationMs / 2)
    const result = await measured(() => work(performance.now() + durationMs))
    await log.close()
    return result
  },
  async drain(folder) {
    const log = await open(folder)
    await fill(log, drainRecords)
    const result = await measured(async () => {
      let count = 0
      for (let from = 1; ; ) {
        const { entries, nextSequence } = await log.read(lane, 'pending', from, lastSequence, { most: 500 })
        if (entries.length === 0) return count
        const sequences = entries.map((entry) => entry.sequence)
        await log.commit([{ type: 'settle', lane, area: 'pending', fate: 'delivered', sequences }])
        from = nextSequence
        count += entries.length
      }
    })
    await log.close()
    return result
  },
  /** Ends without a proper end, as when it is killed. */
  async fill(folder) {
    await fill(await open(folder), pendingRecords)
    return {}
  },
  async opening(folder) {
    const idle = memory()
    const startMs = performance.now()
    const log = await open(folder)
    const openMs = performance.now() - startMs
    const first = await log.read(lane, 'pending', 0, lastSequence)
    const readMs = performance.now() - startMs - openMs
    const { pending } = log.ledger(lane)
    if (pending !== pendingRecords || first.entries.length === 0) throw new Error(`${pending} records are there`)
    const memoryMb = (memory() - idle) / 2 ** 20
    await log.close()
    return { openMs, readMs, memoryMb }
  },
}

function memory() {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function measured(work) {
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  const count = await work()
  const ms = performance.now() - startMs
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (count * 1000) / ms, cpuUs: (user + system) / count }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

function run(task, folder, input = {}) {
  const argument = JSON.stringify({ task, folder, input })
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', __filename, argument], { encoding: 'utf8' }))
}

function inFolder(use) {
  const place = mkdtempSync(join(tmpdir(), 'bench-log-'))
  const folder = join(place, 'log')
  mkdirSync(folder)
  try {
    return use(folder)
  } finally {
    rmSync(place, { recursive: true })
  }
}

function tell(what, task, input) {
  const results = Array.from({ length: rounds }, () => inFolder((folder) => run(task, folder, input)))
  const rate = Math.round(median(results.map(({ perSecond }) => perSecond))).toLocaleString('en')
  const cpu = Math.min(...results.map(({ cpuUs }) => cpuUs)).toFixed(2)
  console.log(`${what.padEnd(36)} ${rate.padStart(10)}/s ${cpu.padStart(8)} µs of CPU`)
}

function tellOpening() {
  inFolder((folder) => {
    run('fill', folder)
    const results = Array.from({ length: rounds }, () => run('opening', folder))
    const of = (figure, digits) => median(results.map((result) => result[figure])).toFixed(digits)
    const records = pendingRecords.toLocaleString('en')
    console.log(
      `${records} of ${bodyBytes} bytes wait: opened in ${of('openMs', 0)} ms, first read in ${of('readMs', 0)} ms, ${of('memoryMb', 1)} MB of heap and buffers`,
    )
  })
}

if (process.argv[2]) {
  const { task, folder, input } = JSON.parse(process.argv[2])
  tasks[task](folder, input).then((result) => {
    process.stdout.write(JSON.stringify(result))
    process.exit()
  })
} else {
  for (const producers of [1, 16, 128]) tell(`durable accept, ${producers} waiting`, 'accept', { producers })
  tell(`drain of ${drainRecords.toLocaleString('en')}, from disk`, 'drain')
  tellOpening()
}
