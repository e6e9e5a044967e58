'use strict'
// The outbox's own log beside LevelDB, as a store alone: `nice -n 10 node test/bench/log.cjs`, after a build. Each side of each round is a
// process of its own, one after the other. The table has the medians of the rates, and the least CPU of the whole process, which tells
// something on a busy machine, too. `TMPDIR=/dev/shm` leaves the disk out.
const { execFileSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const rounds = Number(process.env.ROUNDS ?? 5)
const durationMs = Number(process.env.DURATION_MS ?? 1500)
const drainRecords = Number(process.env.DRAIN_RECORDS ?? 200_000)
const lane = 'bench'
const bodyBytes = 200
const groupRecords = 1000
const lastSequence = 2 ** 48 - 1

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** What both have to do: put records, read them in order, delete them, each on the disk when it resolves. */
const stores = {
  async log(folder) {
    const { openSegmentLog } = require('../../dist/lib/outbox/log/segment-log')
    const { NodeDisk } = require('../../dist/lib/outbox/log/node-disk')
    const options = { turn: nextTurn, random: Math.random, monotonicMs: () => performance.now() }
    const log = await openSegmentLog(new NodeDisk(folder), options)
    return {
      put: (sequence, body) =>
        log.commit([{ type: 'put', lane, area: 'pending', sequence, count: 1, isAccepted: true, body }]),
      read: async (from, most) => (await log.read(lane, 'pending', from, lastSequence, { most })).entries,
      settle: (sequences) => log.commit([{ type: 'settle', lane, area: 'pending', fate: 'delivered', sequences }]),
      idle: () => log.idle(),
      close: () => log.close(),
      ledger: () => log.ledger(lane),
    }
  },
  /** With the group commit that the queue puts before it, and the checksum of each record, which the log has by itself. */
  async level(folder) {
    const { levelDriver } = require('../../dist/lib/outbox/store')
    const { keyOf, areaRange } = require('../../dist/lib/outbox/keys')
    const { crc32 } = require('../../dist/lib/outbox/record/crc32')
    const store = await levelDriver.open(folder)
    let waiting = []
    let isRunning = false
    const run = async () => {
      isRunning = true
      await undefined
      while (waiting.length > 0) {
        const group = waiting.slice(0, groupRecords)
        waiting = waiting.slice(groupRecords)
        await store.batch(group.flatMap(({ operations }) => operations))
        for (const { resolve } of group) resolve()
      }
      isRunning = false
    }
    const commit = (operations) =>
      new Promise((resolve) => {
        waiting.push({ operations, resolve })
        if (!isRunning) void run()
      })
    return {
      put(sequence, body) {
        const value = Buffer.allocUnsafe(4 + body.length)
        value.writeUInt32BE(crc32(body))
        body.copy(value, 4)
        return commit([{ type: 'put', key: keyOf('pending', 1, sequence), value }])
      },
      async read(from, most) {
        const scan = store.scan({ from: keyOf('pending', 1, from), before: areaRange('pending', 1).before })
        const entries = await scan.next(most)
        await scan.close()
        return entries.map(([key, value]) => {
          if (value.readUInt32BE(0) !== crc32(value.subarray(4))) throw new Error('damaged')
          return { sequence: key.readUIntBE(3, 6), count: 1 }
        })
      },
      settle: (sequences) => commit(sequences.map((sequence) => ({ type: 'del', key: keyOf('pending', 1, sequence) }))),
      idle: () => store.compact(areaRange('pending', 1)),
      close: () => store.close(),
    }
  },
}

/** Producers, each with one record on its way. */
async function accept(store, { producers }) {
  let sequence = 1
  const work = async (untilMs) => {
    const first = sequence
    const produce = async () => {
      while (performance.now() < untilMs) {
        const own = sequence++
        await store.put(own, Buffer.alloc(bodyBytes, 97 + (own % 26)))
      }
    }
    await Promise.all(Array.from({ length: producers }, produce))
    return sequence - first
  }
  await work(performance.now() + durationMs / 2)
  return measured(() => work(performance.now() + durationMs))
}

async function fill(store, records) {
  for (let at = 1; at <= records; at += groupRecords) {
    const length = Math.min(groupRecords, records - at + 1)
    await Promise.all(Array.from({ length }, (_, one) => store.put(at + one, Buffer.alloc(bodyBytes, 97 + (one % 26)))))
  }
}

async function drain(store) {
  await fill(store, drainRecords)
  return measured(async () => {
    let count = 0
    for (let from = 1; ; ) {
      const entries = await store.read(from, 500)
      if (entries.length === 0) return count
      await store.settle(entries.map(({ sequence }) => sequence))
      from = entries.at(-1).sequence + 1
      count += entries.length
    }
  })
}

async function measured(work) {
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  const count = await work()
  const ms = performance.now() - startMs
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (count * 1000) / ms, cpuUs: (user + system) / count }
}

const tasks = { accept, drain }

async function runTask({ side, task, folder, ...input }) {
  const store = await stores[side](folder)
  const result = await tasks[task](store, input)
  await store.close()
  process.stdout.write(JSON.stringify(result))
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

function compare(name, task, input) {
  const results = { log: [], level: [] }
  for (let round = 0; round < rounds; round++) {
    for (const side of ['log', 'level']) {
      const place = mkdtempSync(join(tmpdir(), 'bench-log-'))
      const folder = join(place, 'store')
      mkdirSync(folder)
      const argument = JSON.stringify({ side, task, folder, ...input })
      results[side].push(JSON.parse(execFileSync(process.execPath, [__filename, argument], { encoding: 'utf8' })))
      rmSync(place, { recursive: true })
    }
  }
  const of = (side, figure) => median(results[side].map((result) => result[figure]))
  const rate = (side) => Math.round(of(side, 'perSecond')).toLocaleString('en').padStart(10)
  const cpu = (side) =>
    Math.min(...results[side].map(({ cpuUs }) => cpuUs))
      .toFixed(2)
      .padStart(8)
  const ratio = (of('log', 'perSecond') / of('level', 'perSecond')).toFixed(2)
  process.stdout.write(
    `${name.padEnd(36)} log ${rate('log')}/s ${cpu('log')} µs   LevelDB ${rate('level')}/s ${cpu('level')} µs   ${ratio} ×\n`,
  )
}

if (process.argv[2]) runTask(JSON.parse(process.argv[2]))
else {
  for (const producers of [1, 16, 128]) compare(`durable accept, ${producers} waiting`, 'accept', { producers })
  compare(`drain of ${drainRecords.toLocaleString('en')}, from disk`, 'drain', {})
}
