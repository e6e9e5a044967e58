import should from 'should'
import type { OutboxRecord } from '../../../lib/outbox'
import { Aside } from '../../../lib/outbox/sender/aside'

const limits = { records: 100, bytes: 1 << 20, isLive: () => false }

function record(sequence: number): OutboxRecord {
  return {
    sequence,
    count: 1,
    lane: 'lane',
    stream: 'a',
    acceptedWallMs: 0,
    acceptedMonotonicMs: 0,
    bootId: '',
    eventTimeMs: 0,
    clockImplausible: false,
    isArrival: false,
    isRevived: false,
    payload: Buffer.from('1'),
    parts: undefined,
  }
}

const sequencesOf = (records: readonly OutboxRecord[] = []) => records.map(({ sequence }) => sequence)

/** A stream on its own way that holds two records at most. */
function asideWith(...sequences: readonly number[]): Aside {
  const aside = new Aside(100, 16)
  aside.open('a', 'refused')
  aside.add(sequences.map(record), true)
  return aside
}

describe('What goes its own way', () => {
  it('takes what comes back and is older than what it holds, though it is full', () => {
    const aside = asideWith(10, 11, 12)
    should(sequencesOf(aside.add([record(9)]))).eql([])
    should(sequencesOf(aside.take(0, limits, () => true)?.records)).eql([9, 10, 11])
    should(aside.toRefill(0)).equal(12)
  })

  it('leaves what comes back while older ones are still being read, and reads on with those', () => {
    const aside = asideWith(10, 11, 12)
    aside.take(0, limits, () => true)
    should(aside.toRefill(0)).equal(12)
    should(sequencesOf(aside.add([record(12)], true))).eql([])
    should(sequencesOf(aside.add([record(20)]))).eql([20])
    should(sequencesOf(aside.take(0, limits, () => true)?.records)).eql([12])
    should(aside.toRefill(0)).equal(13)
  })
})
