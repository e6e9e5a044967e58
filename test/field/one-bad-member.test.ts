import should from 'should'
import type { Fault } from '../../lib/simulator'
import { patienceMs } from '../patience'
import { type Channel, memberName, Plant } from './plant'

const members = 6
const bad = 2
const rounds = 15

/** What happens to each request that names the bad one; `undefined`: each of its values has an unknown point. */
const faults: readonly [name: string, fault: Fault | undefined][] = [
  ['HTTP 500', { kind: 'server-error', status: 500, contains: memberName(bad) }],
  ['HTTP 429', { kind: 'throttled', retryAfterSeconds: 1, contains: memberName(bad) }],
  ['answers after 25 s', { kind: 'slow', delayMs: 25_000, contains: memberName(bad) }],
  ['an unknown point in each message', undefined],
]

describe('One device of several at which the cloud fails', function () {
  this.timeout(patienceMs)

  for (const channel of ['integration', 'sub-devices', 'Thing+'] as const satisfies readonly Channel[])
    for (const [name, fault] of faults)
      it(`holds up no other, ${channel}, ${name}`, async () => {
        const plant = await new Plant(channel, members).start()
        try {
          const isPoison = fault === undefined
          const sendRound = (round: number) =>
            plant.accept(
              Array.from({ length: members }, (_, member) => {
                const n = round * members + member
                return { member, n, isBad: isPoison && member === bad }
              }),
              Date.now() - members * rounds,
            )
          await plant.attach()
          if (fault) plant.simulator.setFaults([fault])
          const before = plant.dataRequests
          for (let round = 0; round < rounds; round++) {
            await sendRound(round)
            // The others' values arrive, whatever becomes of the bad one's.
            const others = (round + 1) * (members - 1)
            await plant.until(() => countOfOthers(plant) >= others)
          }
          countOfOthers(plant).should.equal(rounds * (members - 1))
          plant.lane.state.should.equal('online')
          // A few questions, then one request a round, and for each bad value two alone.
          should(plant.dataRequests - before).be.belowOrEqual(
            rounds * (isPoison ? 5 : 3) * (channel === 'Thing+' ? members : 1) + 60,
          )
          // What was given up, since it took too long, may have arrived, and then comes twice.
          for (let member = 0; member < members; member++)
            if (member !== bad)
              should([...new Set(plant.received(member))]).eql(
                Array.from({ length: rounds }, (_, at) => at * members + member),
              )
        } finally {
          await plant.end()
        }
      })
})

function countOfOthers(plant: Plant): number {
  let count = 0
  for (let member = 0; member < members; member++) if (member !== bad) count += new Set(plant.received(member)).size
  return count
}
