import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fault that is planted into the product's source as it is loaded, in a process of its own; the files stay as they are. */
export interface Mutant {
  readonly name: string
  /** Under `lib/`. */
  readonly file: string
  /** Stands there once. */
  readonly find: string
  readonly instead: string
}

export const mutants: readonly Mutant[] = [
  {
    name: 'a commit is not awaited',
    file: 'outbox/queue/committer.ts',
    find: 'faultIn(intake ? log.commit(intake.puts) : log.ready()),',
    instead: 'faultIn(intake ? void log.commit(intake.puts).catch(() => 0) ?? log.ready() : log.ready()),',
  },
  {
    name: 'what was settled is not written',
    file: 'outbox/queue/committer.ts',
    find: 'faultIn(log.commit(planned.alone)),',
    instead: 'faultIn(log.ready()),',
  },
  {
    name: 'a settlement that failed is not written again',
    file: 'outbox/queue/committer.ts',
    find: 'if (work.together ? together : alone) left.push(settlement)',
    instead: 'if (work.together && together) left.push(settlement)',
  },
  {
    name: 'what was refused stays on the disk',
    file: 'outbox/log/recovery.ts',
    find: 'const told = next?.header?.previous === number ? next.header.previousEnd : undefined',
    instead: 'const told = undefined',
  },
  {
    name: 'a lease ends while others read',
    file: 'outbox/queue/leases.ts',
    find: 'if (this.#reads.size === 0) {',
    instead: 'if (this.#reads.size >= 0) {',
  },
  {
    name: 'a record that is on its way is evicted',
    file: 'outbox/queue/stretch.ts',
    find: 'return [...free, ...this.#queue.held(this.#lane, 0, this.before).unsent]',
    instead: 'return [...free, ...Object.values(this.#queue.held(this.#lane, 0, this.before)).flat()]',
  },
  {
    name: 'a sequence is given twice',
    file: 'outbox/queue/queue.ts',
    find: 'this.#nextSequence = 1 + Math.max(0, ',
    instead: 'this.#nextSequence = Math.max(1, ',
  },
  {
    name: 'a dead letter is not counted',
    file: 'outbox/queue/settlement.ts',
    find: `changes.push({ type: 'put', lane, area: 'dead', sequence, count: 1,`,
    instead: `changes.push({ type: 'put', lane, area: 'dead', sequence, count: 0,`,
  },
  {
    name: 'a bundle that is taken apart loses its last record',
    file: 'outbox/queue/settlement.ts',
    find: 'singles: takeApart(bundle)',
    instead: 'singles: takeApart(bundle).slice(0, -1)',
  },
  {
    name: 'a retried dead letter stays one',
    file: 'outbox/queue/dead-letters.ts',
    find: `plan: () => [endOf(lane, letters, 'passed'), ...revived.map(putOf)],`,
    instead: 'plan: () => revived.map(putOf),',
  },
  {
    name: 'a lane is named by its host',
    file: 'enos/device.ts',
    find: 'this.name = `',
    instead: 'this.name = new URL(brokerUrl).host || `',
  },
  {
    name: 'HTTP 200 with an empty object is taken for success',
    file: 'enos/answer.ts',
    find: 'return isHttpSuccess(answer) && codes.includes(String(code)) && !isPartial(answer)',
    instead: 'return isHttpSuccess(answer) && codes.includes(code ?? codes[0]) && !isPartial(answer)',
  },
  {
    name: 'logins are not counted',
    file: 'enos/login-limit.ts',
    find: 'this.#logins.push(login)',
    instead: 'this.#logins = [login]',
  },
  {
    name: 'whatever is refused once parks the lane',
    file: 'outbox/sender/doubt.ts',
    find: 'return this.#values.size >= leastValues && nowMs - this.#sinceMs >= leastMs && this.#isWide',
    instead: 'return this.#values.size > 0 && nowMs >= this.#sinceMs',
  },
  {
    name: 'a record is skipped in reading',
    file: 'outbox/sender/lane-reader.ts',
    find: 'this.#backlogPosition = Math.max(from, atEnd && liveLimitMs > 0 ? before : nextSequence)',
    instead: 'this.#backlogPosition = Math.max(from, atEnd && liveLimitMs > 0 ? before : nextSequence + 1)',
  },
  {
    name: 'Retry-After: 0 is taken at its word',
    file: 'outbox/sender/faults.ts',
    find: "gate.close('throttled', nowMs, outcome.retryAfterMs, true)",
    instead: "gate.close('throttled', nowMs); gate.openAtMs = nowMs + (outcome.retryAfterMs ?? 1000)",
  },
  {
    name: 'what was not taken goes behind what waits',
    file: 'outbox/sender/window.ts',
    find: 'run.records = [...returned, ...run.records].sort((a, b) => a.sequence - b.sequence)',
    instead: 'run.records = [...run.records, ...returned]',
  },
  {
    name: 'a commit resolves before the sync',
    file: 'outbox/log/tail.ts',
    find: 'return file.append(first, active.end)',
    instead: 'return void file.append(Buffer.from(first), active.end).catch(() => undefined)',
  },
  {
    name: 'a segment is deleted while something in it is pending',
    file: 'outbox/log/checkpoints.ts',
    find: 'liveCount === 0 && pages !== undefined',
    instead: 'liveCount <= 1 && pages !== undefined',
  },
  {
    name: 'what is settled while it is moved comes back',
    file: 'outbox/log/planner.ts',
    find: "if (change.type !== 'move' || !change.place.segment.live.has(change.place.number)) continue",
    instead: "if (change.type !== 'move') continue",
  },
  {
    name: 'a part of a torn group counts',
    file: 'outbox/log/replay.ts',
    find: 'if (marks & flags.tied) return false',
    instead: '',
  },
]

const sources = join(__dirname, '..', '..', 'lib')

/** @throws where the product has changed, so that the fault can't be planted any more */
export function mutated({ name, file, find, instead }: Mutant): string {
  const source = readFileSync(join(sources, file), 'utf8')
  if (source.split(find).length !== 2) throw new Error(`mutant "${name}": its place is not in ${file} once`)
  return source.replace(find, () => instead)
}

/** From now on the file is loaded with the fault in it. */
export function applyMutant(mutant: Mutant): void {
  const path = join(sources, mutant.file)
  const text = mutated(mutant)
  // The loader of TypeScript reads the file through this function, whole.
  const files = require('node:fs') as { readFileSync: typeof readFileSync }
  const read = files.readFileSync
  files.readFileSync = ((file: unknown, ...rest: unknown[]) =>
    file === path ? text : (read as (...args: unknown[]) => unknown)(file, ...rest)) as typeof readFileSync
}
