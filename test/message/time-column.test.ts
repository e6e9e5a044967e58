import fc from 'fast-check'
import should from 'should'
import { withoutMarks } from '../../lib/message'
import { likelyTimeColumn } from '../../lib/message/time-column'
import { patienceMs } from '../patience'

const ms = Date.UTC(2026, 10, 28, 10)

describe('The member of an entry that is its time', () => {
  it('is a text that reads as a date, whatever language its name is in', () => {
    for (const text of [
      '2026-11-28 10:00:00',
      '2026-11-28',
      '2026-11-28T10:00:00,5+01',
      '2026-11-28 10:00:00 CST',
      '2026-02-30 10:00',
      '2026/11/28 10:00',
      '28.11.2026 10:00:00',
      '28.11.26 10:00',
      '11/28/2026 10:00:00 AM',
      '28-Nov-26 10:00:00',
      'Sat Nov 28 2026 10:00:00 GMT+0100 (CET)',
      '2026年11月28日 10:00',
      '2026. 11. 28. 오전 10:00',
    ]) {
      for (const name of ['Zeit', 'Meßzeitpunkt', '测量', 'colonne 1'])
        should(likelyTimeColumn({ a: 1, [name]: text })).equal(name, text)
    }
    should(likelyTimeColumn({ at: new Date(ms) })).equal('at')
  })

  it('is no other text', () => {
    for (const text of [
      '',
      'running',
      '1.2.24',
      '10.0.0.1',
      '2026',
      '12:30',
      '21.5',
      'P-2026-11',
      '1-2',
      'May',
      'stop at 12:30, May',
      'x'.repeat(1e6),
    ])
      should(likelyTimeColumn({ state: text })).equal(undefined, text.slice(0, 40))
  })

  it('is a number that is a moment and is named as one', () => {
    const times = [ms, ms / 1000, ms * 1000, ms * 1e6, String(ms), 20261128100000, '20261128']
    for (const name of [
      'ts',
      'Time',
      'TIMESTAMP',
      'plcTimestamp',
      'event_time',
      'Datum',
      'date-time',
      'Zeit',
      'time_ms',
      '时间',
      '日時',
      '시간',
    ]) {
      for (const time of times) should(likelyTimeColumn({ a: 1, [name]: time })).equal(name, `${name}: ${time}`)
    }
    should(likelyTimeColumn({ Time_ms: 46_354_460_322.81 })).equal('Time_ms')
    should(likelyTimeColumn({ Datum: 45_292.5 })).equal('Datum')
  })

  it('is no number with a name that merely contains such a word, and none that is no moment', () => {
    for (const name of [
      'uptime_us',
      'cpu_time_ns',
      'update_count',
      'validated',
      'updated',
      'timeout',
      'runtime',
      'cycleTime',
      'estimate',
      'candidate',
      'parts',
      'temperature',
    ])
      for (const time of [ms, ms / 1000, ms * 1000, 20261128])
        should(likelyTimeColumn({ [name]: time })).equal(undefined, name)
    for (const value of [0, 12, -ms, 3_600, 1e9 / 3, 86_400_000, 1e30, Number.NaN, true, null, {}, [ms]])
      should(likelyTimeColumn({ timestamp: value })).equal(undefined, String(value))
  })

  it('is none that is known to be a value', () => {
    const known = { typeOf: (name: string) => (name === 'installed' ? 'DATE' : undefined) }
    should(likelyTimeColumn({ installed: '2020-05-01', level: 1 }, known)).equal(undefined)
    should(likelyTimeColumn({ installed: '2020-05-01', Zeit: '2026-11-28 10:00' }, known)).equal('Zeit')
  })

  it('is looked for in any entry without a fault', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true })), (entry) => {
        const found = likelyTimeColumn(entry)
        should(found === undefined || Object.hasOwn(entry, found)).be.true()
      }),
    )
  }).timeout(patienceMs)
})

describe('A row of a file that begins with a byte-order mark', () => {
  it('has its first name without it', () => {
    withoutMarks({ '\ufeffZeit': 1, a: 2 }).should.deepEqual({ Zeit: 1, a: 2 })
    withoutMarks({ 1: 2, '\ufeffZeit': 1 }).should.deepEqual({ 1: 2, Zeit: 1 })
  })

  it('is the same object where there is none', () => {
    const row = { Zeit: 1 }
    should(withoutMarks(row)).equal(row)
  })
})
