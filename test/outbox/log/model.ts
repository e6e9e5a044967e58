import { strict as assert } from 'node:assert'
import type { Change, Put } from '../../../lib/outbox/log/change'
import type { Area, Fate } from '../../../lib/outbox/log/entry'
import type { LaneLedger } from '../../../lib/outbox/log/lanes'
import type { LogOptions } from '../../../lib/outbox/log/options'
import { openSegmentLog, type SegmentLog } from '../../../lib/outbox/log/segment-log'
import { randomOf, TestDisk } from './test-disk'

export const lanes = ['enos', 'thing+', 'ein Gerät']
const areas: readonly Area[] = ['pending', 'dead', 'note']

/** What one commit is to come to, and what is known of it. */
interface Handed {
  readonly changes: readonly Change[]
  readonly together: boolean
  state: 'under way' | 'on disk' | 'refused'
}

export interface Kept {
  readonly count: number
  readonly body: string
}

export const segmentBytes = 2048

export type TestLogOptions = Pick<LogOptions, 'segmentBytes' | 'pieceBytes'>

/** A put whose body is at hand. */
type BytePut = Put & { readonly body: Buffer }

/** A log, and beside it what has to be in it. */
export class Model {
  #log: SegmentLog | undefined
  /** What is certainly there. */
  readonly kept = new Map<string, Kept>()
  /** What was ever handed in. */
  readonly ever = new Set<string>()
  accepted = new Map<string, number>()
  /** Of which nobody knows whether it is on the disk. */
  doubtful: Handed[] = []
  sequence = 1
  refusals = 0
  lastRefusal: unknown
  #nowMs = 0
  #puts = 0

  private constructor(
    public disk: TestDisk,
    private readonly random: () => number,
    private readonly options: TestLogOptions,
  ) {}

  /** With each second seed, a group is written in pieces. */
  static async open(seed: number, options: TestLogOptions = {}): Promise<Model> {
    const random = randomOf(seed)
    const model = new Model(new TestDisk(random), random, seed % 2 === 0 ? { pieceBytes: 200, ...options } : options)
    await model.reopen(model.disk)
    return model
  }

  /** Opens what is on the disk, and takes over what may be there or not. */
  async reopen(disk: TestDisk): Promise<void> {
    this.disk = disk
    this.#log = await openOn(disk, this.random, () => this.#nowMs, this.options)
    await this.check()
  }

  get log(): SegmentLog {
    if (!this.#log) throw new Error('not open')
    return this.#log
  }

  /** Hands changes in. Resolves when they are on the disk, or refused. */
  async commit(changes: readonly Change[], together = false): Promise<boolean> {
    this.#nowMs += 400
    const handed: Handed = { changes, together, state: 'under way' }
    this.doubtful.push(handed)
    try {
      await this.log.commit(changes, { together })
      handed.state = 'on disk'
      this.#apply(changes)
      // What settles nothing is not written, and says nothing of what was refused before.
      const isWritten = changes.some(({ type }) => type === 'put')
      this.doubtful = this.doubtful.filter((one) => one !== handed && !(isWritten && one.state === 'refused'))
      return true
    } catch (failure) {
      this.lastRefusal = failure
      handed.state = 'refused'
      this.refusals++
      return false
    }
  }

  put(lane: string, area: Area = 'pending', options: Partial<BytePut> = {}): BytePut {
    const count = options.count ?? (this.random() < 0.3 ? 1 + Math.floor(this.random() * 20) : 1)
    const sequence = options.sequence ?? this.sequence
    this.sequence = Math.max(this.sequence, sequence + count)
    const length = this.random() < 0.05 ? 3000 : Math.floor(this.random() * 120)
    const body = Buffer.from(`${lane} ${area} ${sequence} ${this.#puts++} ${'x'.repeat(length)}`)
    this.ever.add(`${keyOf(lane, area, sequence)} ${count} ${body}`)
    return { type: 'put', lane, area, sequence, count, isAccepted: area === 'pending', body, ...options }
  }

  settle(lane: string, area: Area, fate: Fate, sequences: readonly number[]): Change {
    return { type: 'settle', lane, area, fate, sequences }
  }

  /** Sequences that are certainly there. */
  sequencesOf(lane: string, area: Area): number[] {
    const prefix = `${lane}\n${area}\n`
    const names = [...this.kept.keys()].filter((key) => key.startsWith(prefix))
    return names.map((key) => Number(key.slice(prefix.length))).sort((a, b) => a - b)
  }

  keptOf(lane: string, area: Area, sequence: number): Kept | undefined {
    return this.kept.get(keyOf(lane, area, sequence))
  }

  /** One step in each lane, at the same time. */
  async steps(): Promise<void> {
    await Promise.all(lanes.map((lane) => this.step(lane)))
  }

  /** One step by chance. What becomes of a record is decided in one place at a time. */
  async step(lane = lanes[Math.floor(this.random() * lanes.length)] ?? ''): Promise<void> {
    const { random } = this
    const pending = this.sequencesOf(lane, 'pending')
    const dead = this.sequencesOf(lane, 'dead')
    const chance = random()
    if (chance < 0.4 || pending.length === 0) {
      const puts = Array.from({ length: 1 + Math.floor(random() * 5) }, () => this.put(lane))
      await this.commit(puts)
    } else if (chance < 0.75) {
      // Mostly the oldest.
      const share = random() < 0.8 ? 0.7 : 0.2
      const chosen = pending.slice(0, 12).filter(() => random() < share)
      const fate = random() < 0.8 ? 'delivered' : random() < 0.5 ? 'dropped' : 'evicted'
      const changes = [this.settle(lane, 'pending', fate, chosen)]
      if (fate === 'evicted') changes.push(this.put(lane, 'note', { sequence: this.sequence, count: 1 }))
      await this.commit(changes, fate === 'evicted')
    } else if (chance < 0.85) await this.part(lane, pending)
    else if (chance < 0.93) {
      const sequence = pending[Math.floor(random() * pending.length)] ?? 0
      const count = this.keptOf(lane, 'pending', sequence)?.count ?? 1
      const letter = this.put(lane, 'dead', { sequence, count })
      await this.commit([this.settle(lane, 'pending', 'passed', [sequence]), letter], true)
    } else if (dead.length > 0) {
      const sequence = dead[0] ?? 0
      const count = this.keptOf(lane, 'dead', sequence)?.count ?? 1
      const again = this.put(lane, 'pending', { isAccepted: false, count })
      await this.commit([this.settle(lane, 'dead', 'passed', [sequence]), again], true)
    }
  }

  /** What is in the log is what has to be, and its figures agree. */
  async check(): Promise<void> {
    const found = new Map<string, Kept>()
    for (const lane of lanes) for (const area of areas) await this.#readAll(lane, area, found)
    this.#decideDoubts(found)
    const missing = [...this.kept.keys()].filter((key) => found.get(key)?.body !== this.kept.get(key)?.body)
    const extra = [...found.keys()].filter((key) => !this.kept.has(key))
    assert.deepEqual({ missing, extra }, { missing: [], extra: [] }, JSON.stringify({ missing, extra }))
    for (const ledger of this.log.ledgers()) {
      assert.equal(surplus(ledger), 0, JSON.stringify(ledger))
      const counted = [...this.kept].filter(([key]) => key.startsWith(`${ledger.lane}\npending\n`))
      assert.equal(
        ledger.pending,
        counted.reduce((sum, [, { count }]) => sum + count, 0),
        `pending of ${ledger.lane}`,
      )
      assert.equal(ledger.accepted, this.accepted.get(ledger.lane) ?? 0, `accepted of ${ledger.lane}`)
    }
  }

  async #readAll(lane: string, area: Area, found: Map<string, Kept>): Promise<void> {
    let before = 0
    for (let from = 0; ; ) {
      const slice = await this.log.read(lane, area, from, 2 ** 40, { most: 7, mostBytes: 2000 })
      for (const { sequence, count, body } of slice.entries) {
        assert.ok(sequence > before, `${sequence} of ${lane} comes after ${before}`)
        before = sequence
        found.set(keyOf(lane, area, sequence), { count, body: body.toString() })
      }
      if (slice.atEnd) return
      assert.ok(slice.nextSequence > from, 'it goes on')
      from = slice.nextSequence
    }
  }

  /** Of what nobody knew of, each change is there or not; what belongs together is there as a whole, or not at all. */
  #decideDoubts(found: ReadonlyMap<string, Kept>): void {
    const doubtful = this.doubtful.splice(0)
    for (const handed of doubtful) {
      const { changes, together } = handed
      const others = doubtful.filter((other) => other !== handed)
      const isThere = changes.map((change) => this.#isThere(change, found, others))
      if (together && isThere.some((one) => one === true)) {
        assert.ok(
          isThere.every((one) => one !== false),
          `a part of ${JSON.stringify(changes, (key, value) => (key === 'body' ? '' : value))}`,
        )
        this.#apply(changes)
      } else if (!together) {
        changes.forEach((change, at) => {
          if (change.type === 'settle') this.#settleFound(change, found)
          else if (isThere[at]) this.#apply([change])
        })
      }
    }
  }

  /** @param others that may have settled the same */
  #isThere(change: Change, found: ReadonlyMap<string, Kept>, others: readonly Handed[]): boolean | undefined {
    if (change.type === 'put')
      return found.get(keyOf(change.lane, change.area, change.sequence))?.body === change.body.toString()
    const isOfOthers = others.some(({ changes }) => changes.some((other) => settlesSame(change, other)))
    if (isOfOthers) return undefined
    const before = change.sequences.filter((sequence) => this.kept.has(keyOf(change.lane, change.area, sequence)))
    if (before.length === 0) return undefined
    return before.every((sequence) => {
      const key = keyOf(change.lane, change.area, sequence)
      return found.get(key)?.body !== this.kept.get(key)?.body
    })
  }

  #settleFound({ lane, area, sequences }: Extract<Change, { type: 'settle' }>, found: ReadonlyMap<string, Kept>): void {
    for (const sequence of sequences) {
      const key = keyOf(lane, area, sequence)
      if (!found.has(key)) this.kept.delete(key)
    }
  }

  #apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === 'settle') {
        for (const sequence of change.sequences) this.kept.delete(keyOf(change.lane, change.area, sequence))
        continue
      }
      const { lane, area, sequence, count, body, isAccepted } = change
      this.kept.set(keyOf(lane, area, sequence), { count, body: body.toString() })
      if (isAccepted) this.accepted.set(lane, (this.accepted.get(lane) ?? 0) + count)
    }
  }

  private async part(lane: string, pending: readonly number[]): Promise<void> {
    const bundle = pending.find((sequence) => (this.keptOf(lane, 'pending', sequence)?.count ?? 1) > 1)
    if (bundle === undefined) return
    const { count } = this.keptOf(lane, 'pending', bundle) ?? { count: 1 }
    const singles = Array.from({ length: count }, (_, at) =>
      this.put(lane, 'pending', { sequence: bundle + at, count: 1, isAccepted: false }),
    )
    await this.commit(singles, true)
  }
}

export function openOn(
  disk: TestDisk,
  random: () => number,
  monotonicMs: () => number,
  options: TestLogOptions = {},
): Promise<SegmentLog> {
  return openSegmentLog(disk, { segmentBytes, random, monotonicMs, turn: async () => undefined, ...options })
}

function settlesSame(settle: Extract<Change, { type: 'settle' }>, other: Change): boolean {
  if (other.type === 'put' || other.lane !== settle.lane || other.area !== settle.area) return false
  return other.sequences.some((sequence) => settle.sequences.includes(sequence))
}

export const keyOf = (lane: string, area: Area, sequence: number): string => `${lane}\n${area}\n${sequence}`

export function surplus({ accepted, pending, dead, delivered, dropped, evicted, damaged }: LaneLedger): number {
  return pending + dead + delivered + dropped + evicted + damaged - accepted
}
