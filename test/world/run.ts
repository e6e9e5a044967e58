import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type FleetResult, runFleet } from './fleet'
import { mutants } from './mutants'
import type { Ask, Found } from './orders'

/** A planted fault that is not found by then is not found. */
export const mostSeedsForMutant = 2_000

/** So many of the seeds that fail are told whole. */
const mostTold = 10
const seedsPerProgress = 1_000

const usage = `npm run test:world -- [--seeds 100000] [--from 1] [--workers N]
                      [--mutants]
                      [--seed 42 [--only 0,3,7] [--trace]]`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
      only: { type: 'string' },
      trace: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  if (values.mutants) {
    console.log(await mutantTable(Number(values.workers)))
    return
  }
  const startMs = performance.now()
  const workers = values.seed === undefined ? Number(values.workers) : 1
  const only = values.only?.split(',').map(Number)
  const asks =
    values.seed === undefined
      ? seedsFrom(Number(values.from), Number(values.seeds))
      : [
          {
            seed: Number(values.seed),
            only,
            isShrunk: !only && !values.trace,
            isTraced: values.trace,
          },
        ]
  let runs = 0
  let told = 0
  const result = await runFleet(asks, {
    workers,
    trace: (text) => console.log(text),
    // A long run tells at once what it has found, and how far it is.
    told: ({ found }) => {
      if (found && told++ < mostTold) console.log(`\n${foundText(found)}`)
      if (++runs % seedsPerProgress === 0)
        console.error(`${runs} seeds in ${((performance.now() - startMs) / 1000).toFixed(0)} s, ${told} found`)
    },
  })
  console.log(`\n${summary(result, (performance.now() - startMs) / 1000, workers)}`)
  process.exitCode = result.found.length > 0 ? 1 : 0
}

export function* seedsFrom(first: number, count: number): Generator<Ask> {
  for (let seed = first; seed < first + count; seed++) yield { seed, isShrunk: true }
}

/** What a person needs to look for the cause. */
export function foundText({ seed, violation, history, only }: Found): string {
  const events = only ? ` --only ${only.join()}` : ''
  return [
    `seed ${seed}: ${violation.kind}`,
    violation.text,
    history,
    `again: npm run test:world -- --seed ${seed}${events} --trace`,
  ].join('\n')
}

function summary(result: FleetResult, seconds: number, workers: number): string {
  const kinds = new Map<string, number>()
  for (const { violation } of result.found) kinds.set(violation.kind, (kinds.get(violation.kind) ?? 0) + 1)
  const hours = Math.round(result.simulatedMs / 3_600_000)
  const number = (value: number) => value.toLocaleString('en')
  return [
    `${number(result.runs)} seeds in ${seconds.toFixed(0)} s with ${workers} processes: ${number(hours)} simulated hours,`,
    `${number(result.accepted)} values accepted, ${number(result.delivered)} delivered, ${number(result.requests)} requests;`,
    kinds.size === 0 ? 'nothing went wrong' : [...kinds].map(([kind, count]) => `${kind}: ${count}`).join(', '),
  ].join(' ')
}

/** Each planted fault, and the seed that finds it. */
async function mutantTable(workers: number): Promise<string> {
  const rows = ['| planted fault | found at seed | as |', '|---|---:|---|']
  for (const { name } of mutants) {
    const asks = seedsFrom(1, mostSeedsForMutant)
    const { found } = await runFleet(unshrunk(asks), { workers, mutant: name, isEnough: ({ length }) => length > 0 })
    const [first] = found
    rows.push(`| ${name} | ${first?.seed ?? 'not found'} | ${first?.violation.kind ?? ''} |`)
    console.error(rows.at(-1))
    if (!first) process.exitCode = 1
  }
  return rows.join('\n')
}

function* unshrunk(asks: Iterable<Ask>): Generator<Ask> {
  for (const ask of asks) yield { ...ask, isShrunk: false }
}

if (require.main === module) void main()
