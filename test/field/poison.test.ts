import should from 'should'
import { patienceMs } from '../patience'
import { type Channel, Plant } from './plant'

/** Which values are bad, and of how many. */
interface Poison {
  readonly name: string
  readonly share: number
  readonly isBad: (n: number, member: number) => boolean
}

const members = 6
const total = 1200

const every = (step: number) => (n: number) => n % step === step - 1
const poisons: readonly Poison[] = [
  { name: '0.1 %', share: 0.001, isBad: (n) => n === 700 },
  { name: '1 %, spread', share: 0.01, isBad: every(100) },
  { name: '1 %, in a row', share: 0.01, isBad: (n) => n >= 600 && n < 612 },
  { name: '10 %, spread', share: 0.1, isBad: every(10) },
  { name: '10 %, all of one stream', share: 1 / members, isBad: (_, member) => member === 2 },
  { name: '50 %, spread', share: 0.5, isBad: every(2) },
]

describe('A backlog with values that the cloud refuses', function () {
  this.timeout(patienceMs)

  for (const channel of ['integration', 'sub-devices', 'Thing+'] as const satisfies readonly Channel[])
    for (const { name, share, isBad } of poisons)
      for (const isRestarted of [false, true]) {
        // Every other one, so that all are tried with each, and it ends in a minute.
        if (isRestarted !== (poisons.findIndex((one) => one.name === name) % 2 === 0)) continue
        it(`arrives but for these, ${channel}, ${name}${isRestarted ? ', after a restart' : ''}`, async () => {
          const plant = await new Plant(channel, members).start()
          try {
            const good = new Map<number, number[]>()
            let bad = 0
            const values = Array.from({ length: total }, (_, n) => {
              const member = Math.floor(n / 2) % members
              const value = { member, n, isBad: isBad(n, member) }
              if (value.isBad) bad++
              else good.set(member, [...(good.get(member) ?? []), n])
              return value
            })
            const timeMs = Date.now() - 3_600_000
            for (let at = 0; at < total; at += 30) await plant.accept(values.slice(at, at + 30), timeMs)
            if (isRestarted) await plant.restart()
            await plant.attach()
            const figures = await plant.until(({ pending }) => pending === 0)
            figures.should.containEql({ delivered: total - bad, dead: bad })
            for (const [member, numbers] of good) plant.received(member).should.eql(numbers)
            // Of each batch; and each that is refused once more, alone.
            const batches = channel === 'Thing+' ? members : Math.ceil(total / 1000)
            const size = total / batches
            const most = batches * (share * size * Math.log2(size) + 1) + 2 * bad + 10
            should(plant.dataRequests).be.belowOrEqual(most)
            const letters = await plant.lane.deadLetters.list({ limit: 1 })
            should(letters.map(({ reason }) => reason.code)).eql(bad > 0 ? ['VALIDATION_REFUSED'] : [])
          } finally {
            await plant.end()
          }
        })
      }
})
