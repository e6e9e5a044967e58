import fc from 'fast-check'
import should from 'should'
import { say } from '../../../lib/core'
import { bytesOfAll } from '../../../lib/outbox/queue/bytes'
import { DurableQueue, type OutboxRecord } from '../../../lib/outbox/queue/queue'
import { encodeRecord, lastSequence } from '../../../lib/outbox/record/record'
import { patienceMs } from '../../patience'
import { type GroupFault, MemoryDisk } from '../memory-disk'
import { bodiesOf, inFolder, instantScheduler, noEvents, plenty, readAll } from '../places'

const lane = 'lane'
const histories = Number(process.env['OUTBOX_HISTORIES'] ?? 150)

/** What must be true, kept in the simplest way. */
interface Model {
  readonly accepted: Set<string>
  readonly settled: Set<string>
  /** Refused, but a crash came before the refusal could be made good on the disk. */
  readonly maybe: Set<string>
  readonly damaged: Set<string>
  next: number
}

interface Real {
  readonly disk: MemoryDisk
  readonly folder: string
  queue: DurableQueue
}

/** So small that segments are begun, sealed, rewritten and deleted all the time. */
const maxBytes = 200_000
const openQueue = (disk: MemoryDisk, folder: string) =>
  DurableQueue.open(
    { folder, openDisk: () => disk, scheduler: instantScheduler(), diskSpace: plenty, maxBytes },
    noEvents,
  )

type Step = (model: Model, real: Real) => Promise<void>
class Command implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly title: string,
    private readonly step: Step,
  ) {}
  check = () => true
  run = (model: Model, real: Real) => this.step(model, real)
  toString = () => this.title
}

const append = (sizes: number[], listable: boolean): Step => {
  return async (model, { queue }) => {
    const bodies = sizes.map((size) => Array.from({ length: size }, () => `"${model.next++}"`))
    const outcomes = await Promise.allSettled(
      bodies.map((group) =>
        queue.append(
          lane,
          group.map((payload) => ({ stream: 's', payload, eventTimeMs: 0, listable })),
        ),
      ),
    )
    outcomes.forEach(({ status }, at) => {
      for (const body of bodies[at] ?? []) (status === 'fulfilled' ? model.accepted : model.maybe).add(body)
    })
  }
}

/** What was handed in before is written, or refused. */
const healthy = (queue: DurableQueue) => queue.settle(lane, {})

/** Takes bundles apart while others read; of their records some are delivered, the rest goes back. */
const part = (share: number, keptShare: number): Step => {
  return async (model, { queue }) => {
    await healthy(queue)
    const pending = await readAll(queue, lane)
    const leases = queue.leasesOf(lane)
    const chosen = pending.filter(({ sequence }, at) => at % 4 < share && leases.take(sequence))
    const [parted] = await Promise.all([queue.takeApart(lane, chosen), deliverOthers(model, queue)])
    const singles = parted.flat()
    const delivered = singles.filter((_, at) => at % 4 >= keptShare)
    const settled = queue.settle(lane, { delivered })
    const given = singles.filter((_, at) => at % 4 < keptShare)
    queue.release(
      lane,
      given.map(({ sequence }) => sequence),
    )
    await Promise.all([deliverOthers(model, queue), settled])
    note(model, delivered)
  }
}

/** Reads slice by slice, and delivers half of what it finds. */
async function deliverOthers(model: Model, queue: DurableQueue): Promise<void> {
  const leases = queue.leasesOf(lane)
  for (let from = 0; ; ) {
    // The store may be being opened again.
    const slice = await queue.read(lane, from, lastSequence).catch(() => undefined)
    if (!slice) return
    const taken = slice.records.filter(({ sequence }, at) => at % 2 === 0 && leases.take(sequence))
    await queue.settle(lane, { delivered: taken })
    note(model, taken)
    if (slice.atEnd) return
    from = slice.nextSequence
  }
}

function note(model: Model, settled: readonly OutboxRecord[]): void {
  for (const body of settled.flatMap(bodiesOf)) {
    model.settled.has(body).should.equal(false, `${body} was settled twice`)
    model.settled.add(body)
  }
}

const settle = (share: number, how: 'delivered' | 'dead'): Step => {
  return async (model, { queue }) => {
    await healthy(queue)
    const pending = await readAll(queue, lane)
    const leases = queue.leasesOf(lane)
    const chosen = pending.filter(({ sequence }, at) => at % 4 < share && leases.take(sequence))
    // Only single records become dead letters.
    const taken = how === 'dead' ? (await queue.takeApart(lane, chosen)).flat() : chosen
    const reason = { code: 'VALIDATION_REFUSED', text: say`no` }
    await queue.settle(
      lane,
      how === 'delivered' ? { delivered: taken } : { dead: taken.map((record) => ({ record, reason })) },
    )
    note(model, taken)
  }
}

const reopen = (how: 'close' | 'crash'): Step => {
  return async (_, real) => {
    if (how === 'close') await real.queue.close()
    else {
      real.disk.crash()
      void real.queue.close()
    }
    real.disk.groupFaults = []
    real.queue = await openQueue(real.disk, real.folder)
    real.queue.ledgerOf(lane)
  }
}

const diskFails = (faults: GroupFault[]): Step => {
  return async (_, { disk }) => {
    disk.groupFaults.push(...faults)
  }
}

/** More than one bit of a record, so that it can't be mended. */
const damages = (position: number): Step => {
  return async (model, { disk, queue }) => {
    await healthy(queue)
    const pending = (await readAll(queue, lane)).filter(
      (record) => !bodiesOf(record).some((body) => model.damaged.has(body)),
    )
    const chosen = pending[position % Math.max(1, pending.length)]
    if (!chosen) return
    disk.damage(encodeRecord(chosen))
    // What was kept in memory on its way to the disk is read from there too.
    queue.reappeared(lane, 0)
    for (const body of bodiesOf(chosen)) model.damaged.add(body)
  }
}

/** Nothing accepted is missing, nothing comes from nowhere, and the ledger says the same. */
async function compare(model: Model, { queue }: Real): Promise<void> {
  await healthy(queue)
  const pending = (await readAll(queue, lane)).flatMap(bodiesOf)
  await healthy(queue)
  const expected = [...model.accepted].filter((body) => !model.settled.has(body) && !model.damaged.has(body))
  for (const body of expected) should(pending.includes(body)).equal(true, `${body} was accepted and is lost`)
  const allowed = new Set([...expected, ...model.maybe])
  for (const body of pending) should(allowed.has(body)).equal(true, `${body} came back`)
  const ledger = queue.ledgerOf(lane)
  ledger.pending.should.equal(pending.length)
  ledger.pendingBytes.should.equal(bytesOfAll(await readAll(queue, lane)))
}

describe('the durable queue, in random histories of operations and disk faults', () => {
  it('never loses what it accepted, never brings back what was settled, and its ledger tells the truth', async function () {
    this.timeout(patienceMs + histories * 100)
    const fault = fc.constantFrom<GroupFault>('fails', 'fails-after-writing', 'full')
    const command = (title: string, step: Step) => new Command(title, step)
    const commands = fc.commands(
      [
        fc
          .tuple(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }), fc.boolean())
          .map(([n, listable]) => command(`append ${n}${listable ? ' listable' : ''}`, append(n, listable))),
        fc.integer({ min: 1, max: 4 }).map((share) => command(`deliver ${share}/4`, settle(share, 'delivered'))),
        fc.integer({ min: 1, max: 2 }).map((share) => command(`dead ${share}/4`, settle(share, 'dead'))),
        fc
          .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 }))
          .map(([n, kept]) => command(`part ${n}/4, keep ${kept}/4`, part(n, kept))),
        fc.constantFrom('close' as const, 'crash' as const).map((how) => command(how, reopen(how))),
        fc.array(fault, { minLength: 1, maxLength: 3 }).map((f) => command(`disk ${f}`, diskFails(f))),
        fc.nat(10_000).map((position) => command(`damage ${position}`, damages(position))),
      ],
      { maxCommands: 25 },
    )
    await fc.assert(
      fc.asyncProperty(commands, async (history) => {
        await inFolder(async (folder) => {
          const disk = new MemoryDisk()
          const model: Model = {
            accepted: new Set(),
            settled: new Set(),
            maybe: new Set(),
            damaged: new Set(),
            next: 0,
          }
          const real: Real = { disk, folder, queue: await openQueue(disk, folder) }
          real.queue.ledgerOf(lane)
          try {
            await fc.asyncModelRun(() => ({ model, real }), history)
            await compare(model, real)
            await reopen('close')(model, real)
            await compare(model, real)
          } finally {
            await real.queue.close()
          }
        })
      }),
      { numRuns: histories },
    )
  })
})
