import should from 'should'
import { Leases } from '../../../lib/outbox/queue/leases'

/** A read that is over when it is told. */
function reading(leases: Leases): { end: () => Promise<void> } {
  let finish: () => void = () => undefined
  const read = leases.whileReading(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve
      }),
  )
  return {
    end: async () => {
      finish()
      await read
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('A lease that was settled', () => {
  it('is held until the reads that may have seen its record are over, although others have begun', async () => {
    const leases = new Leases()
    const first = reading(leases)
    leases.take(1)
    leases.settle(1)
    const second = reading(leases)
    leases.take(2)
    leases.settle(2)
    const third = reading(leases)
    should([leases.isHeld(1), leases.isHeld(2)]).eql([true, true])
    await first.end()
    should([leases.isHeld(1), leases.isHeld(2)]).eql([false, true])
    await second.end()
    should([leases.isHeld(1), leases.isHeld(2)]).eql([false, false])
    await third.end()
  })

  it('ends at once where nobody reads', () => {
    const leases = new Leases()
    leases.take(1)
    leases.settle(1)
    should(leases.take(1)).be.true()
  })

  it('is held until all reads before are over, in whatever order they end', async () => {
    const leases = new Leases()
    const [first, second] = [reading(leases), reading(leases)]
    leases.take(1)
    leases.settle(1)
    await second.end()
    should(leases.isHeld(1)).be.true()
    await first.end()
    should(leases.isHeld(1)).be.false()
  })
})
