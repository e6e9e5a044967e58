import { availableParallelism } from 'node:os'
import should from 'should'
import { runFleet } from './fleet'
import { mutants, mutated } from './mutants'
import { foundText, seedsFrom } from './run'

const seeds = Number(process.env['WORLD_SEEDS'] ?? 500)
const workers = Math.min(4, availableParallelism())

describe('a world that a seed determines: clock, network, disk, clouds, crashes and deployments', () => {
  it(`keeps every promise of the outbox in ${seeds} histories`, async function () {
    // As long as it takes: the fleet itself ends a world that is stuck.
    this.timeout(0)
    const { runs, found, accepted, delivered } = await runFleet(seedsFrom(1, seeds), { workers })
    should(found.map(foundText).join('\n\n')).equal('')
    runs.should.equal(seeds)
    should(accepted / seeds).be.above(100)
    should(delivered / accepted).be.above(0.7)
  })

  it('can plant each of its faults into the product', () => {
    should(mutants.length).be.aboveOrEqual(10)
    for (const mutant of mutants) mutated(mutant).should.containEql(mutant.instead)
  })

  it('runs a seed the same way whatever ran before it', async function () {
    this.timeout(0)
    const forward = await runFleet(seedsFrom(1, 12), { workers: 1 })
    const backward = await runFleet([...seedsFrom(1, 12)].reverse(), { workers: 1 })
    should(new Map([...backward.digests].reverse())).eql(forward.digests)
    new Set(forward.digests.values()).size.should.equal(12)
  })
})
