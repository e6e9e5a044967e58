import should from 'should'
import { inSlices } from '../../lib/message'

const list = (length: number) => Array.from({ length }, (_, at) => at)

describe('A long list', () => {
  it('is worked off in its order, a short one at once', async () => {
    const seen: number[] = []
    await inSlices(list(1_700), (item) => seen.push(item))
    seen.should.eql(list(1_700))
    void inSlices(list(500), (item) => seen.push(item))
    seen.length.should.equal(2_200)
  })

  it('leaves each turn of the event loop to 500 items, even with many lists at the same time', async () => {
    let worked = 0
    let isOver = false
    const lists = Array.from({ length: 10 }, () => inSlices(list(2_000), () => worked++))
    worked.should.equal(500)
    const all = Promise.all(lists).then(() => {
      isOver = true
    })
    const perTurn: number[] = []
    for (let before = worked; !isOver; before = worked) {
      await new Promise((resolve) => setImmediate(resolve))
      perTurn.push(worked - before)
    }
    await all
    worked.should.equal(20_000)
    should(Math.max(...perTurn)).equal(500)
  })

  it('ends with what its work throws, and lets the others go on', async () => {
    const failing = inSlices(list(1_200), (item) => {
      if (item === 700) throw new RangeError('seven hundred')
    })
    let worked = 0
    const other = inSlices(list(1_200), () => worked++)
    await failing.should.be.rejectedWith(RangeError)
    await other
    worked.should.equal(1_200)
  })
})
