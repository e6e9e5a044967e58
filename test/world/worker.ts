import { applyMutant, mutants } from './mutants'
import type { Ask, Found, Told } from './orders'
import { Seal } from './seal'

/**
 * A process in which worlds run, one after the other. It is sealed before the product is loaded, and gets its orders from
 * `run.ts`.
 */
async function main(): Promise<void> {
  // Errors are thrown by the thousand, and nobody reads where they come from.
  Error.stackTraceLimit = 0
  const name = process.argv[2]
  const mutant = mutants.find((known) => known.name === name)
  if (mutant) applyMutant(mutant)
  const realMs = performance.now.bind(performance)
  const seal = new Seal()
  const { historyOf, told } = require('./history') as typeof import('./history')
  const { World } = require('./world') as typeof import('./world')
  const { shrink, withOnly } = require('./shrink') as typeof import('./shrink')
  for (const late of ['outbox', 'queue/arrivals']) require(`../../lib/outbox/${late}`)
  const tell = (message: Told) => process.send?.(message)

  process.on('message', async (ask: Ask) => {
    const startMs = realMs()
    const history = historyOf(ask.seed)
    const chosen = ask.only ? withOnly(history, ask.only) : history
    const trace = ask.isTraced ? (text: string) => tell({ kind: 'trace', text }) : undefined
    const outcome = await new World(chosen, seal, trace).run()
    let found: Found | undefined
    if (outcome.violation) {
      const play = (shorter: typeof history) => new World(shorter, seal).run()
      const isToShrink = ask.isShrunk && !ask.only
      const { kept, history: smallest } = isToShrink
        ? await shrink(history, outcome.violation.kind, play)
        : { kept: ask.only, history: chosen }
      const { violation = outcome.violation } = isToShrink ? await play(smallest) : outcome
      found = { seed: ask.seed, violation, history: told(smallest), only: kept }
    }
    tell({ kind: 'ran', seed: ask.seed, outcome, found, tookMs: realMs() - startMs })
  })
  process.on('disconnect', () => process.exit())
  tell({ kind: 'ready' })
}

void main()
