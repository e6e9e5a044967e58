import should from 'should'
import type { OutboxRecord } from '../../../lib/outbox/record/record'
import { Window } from '../../../lib/outbox/sender/window'

const limits = { records: 100, bytes: 1 << 20, oneKey: false }

function record(stream: string, sequence: number, count: number): OutboxRecord {
  const payload = Buffer.from('1')
  const accepted = {
    acceptedWallMs: 0,
    acceptedMonotonicMs: 0,
    bootId: 'boot',
    clockImplausible: false,
    isArrival: false,
    isRevived: false,
  }
  return { sequence, lane: 'lane', stream, payload, eventTimeMs: 0, count, parts: undefined, ...accepted }
}

/** A window with records of these counts waiting in each stream. */
function windowWith(waiting: Readonly<Record<string, readonly number[]>>): Window {
  const window = new Window(({ stream }) => stream)
  let sequence = 1
  for (const [stream, counts] of Object.entries(waiting)) {
    for (const count of counts) {
      window.add(record(stream, sequence, count))
      sequence += count
    }
  }
  return window
}

const times = (count: number, size: number): number[] => new Array<number>(count).fill(size)
const taken = (records: readonly OutboxRecord[]) => records.map(({ stream, count }) => `${stream} ${count}`)
const all = () => true

describe('A window of records that wait', () => {
  it('gives the longest run first, so that none is left over when the others are at their end', () => {
    const window = windowWith({ a: [100], b: [100], c: [100], d: [100], long: times(4, 100) })
    let rounds = 0
    for (; window.count > 0; rounds++) {
      const inHand = new Set<unknown>()
      for (let requests = 0; requests < 2; requests++) {
        for (const { stream } of window.take(limits, (key) => !inHand.has(key))) inHand.add(stream)
      }
    }
    should(rounds).equal(4)
  })

  it('gives a record its turn although longer runs are there every time', () => {
    const window = windowWith({ rare: [1], busy: times(4, 30) })
    const fill = (stream: string, at: number) => {
      for (let number = 0; number < 4; number++) window.add(record(stream, at + number * 30, 30))
    }
    let batches = 0
    for (let isTaken = false; !isTaken; batches++) {
      isTaken = window.take(limits, all).some(({ stream }) => stream === 'rare')
      fill('busy', 1000 * (batches + 1))
      fill('other', 1000 * (batches + 1) + 500)
      batches.should.be.below(40)
    }
  })

  it('gives what came back unsent after all others', () => {
    const window = windowWith({ long: times(9, 100), other: [10], third: [1] })
    window.putBack(window.take(limits, all))
    taken(window.take({ ...limits, records: 10 }, all)).should.eql(['other 10'])
    taken(window.take({ ...limits, records: 10 }, all)).should.eql(['third 1'])
    taken(window.take(limits, all)).should.eql(['long 100'])
  })

  it('fills a batch up with whole runs', () => {
    const window = windowWith({ long: times(2, 40), whole: [20], tooLong: [25] })
    taken(window.take(limits, all)).should.eql(['long 40', 'long 40', 'whole 20'])
  })

  it('tears a run where the batch would go out far from full', () => {
    const window = windowWith({ long: [60], other: times(5, 10) })
    taken(window.take(limits, all)).should.eql(['long 60', ...times(4, 10).map((count) => `other ${count}`)])
  })

  it('leaves a run whole for the next batch where this one is nearly full', () => {
    const window = windowWith({ long: times(3, 30), other: times(5, 10) })
    taken(window.take(limits, all)).should.eql(times(3, 30).map((count) => `long ${count}`))
  })

  it('tears a run to fill the last places where the next batch is full without it', () => {
    const window = windowWith({ long: times(5, 30), next: times(4, 30), other: times(5, 10) })
    taken(window.take(limits, all)).should.eql([...times(3, 30).map((count) => `long ${count}`), 'other 10'])
  })

  it('gives each order key its turn where a batch is of one', () => {
    const window = windowWith({ a: times(3, 100), b: times(1, 100), c: times(2, 10) })
    const batches = Array.from({ length: 5 }, () => taken(window.take({ ...limits, oneKey: true }, all)))
    batches.should.eql([['a 100'], ['b 100'], ['c 10', 'c 10'], ['a 100'], ['a 100']])
    should(window.keys).equal(0)
  })

  it('counts what is in it, whatever is taken, put back and removed', () => {
    const window = windowWith({ a: times(5, 30), b: [7] })
    const bytes = window.bytes
    const batch = window.take(limits, all)
    window.count.should.equal(157 - batch.reduce((sum, { count }) => sum + count, 0))
    window.putBack(batch)
    should([window.count, window.bytes]).eql([157, bytes])
    window.remove(({ stream }) => stream === 'a')
    should([window.count, window.keys]).eql([7, 1])
    window.remove(() => true)
    should([window.count, window.bytes, window.keys]).eql([0, 0, 0])
  })

  it('looks at no more of what waits than it needs for a few', () => {
    const window = windowWith(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`s${at}`, [1]])))
    let looked = 0
    const chosen: OutboxRecord[] = []
    const waits = (record: OutboxRecord) => {
      looked++
      const isChosen = looked % 10 === 0
      if (isChosen) chosen.push(record)
      return !isChosen
    }
    const taken = window.takeSome(limits, () => true, { waits, isEnough: () => chosen.length >= 8 })
    should(taken).eql(chosen)
    should(taken.length).equal(8)
    should(looked).equal(80)
  })
})
