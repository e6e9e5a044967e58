import fc from 'fast-check'
import should from 'should'
import { bareValueOf, type Entry, type EntryReading, KnownPoints, readEntries } from '../../lib/enos'

/** JSON would make null of the gap. */
const withGap = Object.assign([1], { 2: 3 })
const reading = { native: 'measurepoints', timeField: 'time', arrivalMs: 1_700_000_000_000 } as const
const read = async (payload: unknown, more: Partial<EntryReading> = {}) => {
  const entries: Entry[] = []
  await readEntries(payload, { ...reading, ...more }).each((entry) => entries.push(entry))
  return entries
}

describe('A single value', () => {
  it('belongs to the point that the node is set to, whatever the topic says', () => {
    should(bareValueOf('temperature', 'plant', 21.5)).eql({ measurepoints: { temperature: 21.5 } })
    should(bareValueOf('time', '', 7)).eql({ measurepoints: { time: 7 } })
    should(bareValueOf('state', '', 'running')).eql({ measurepoints: { state: 'running' } })
  })

  it('belongs to the point that the topic names where the node is set to none', () => {
    should(bareValueOf('', 'running', false)).eql({ measurepoints: { running: false } })
  })

  it('without a point is refused with what to do', () => {
    should(() => bareValueOf('', '', 21.5)).throw(/Enter the point in the node, or send it as msg\.topic/)
  })

  it('is no other payload', () => {
    for (const payload of [{ temperature: 1 }, [1], null, undefined, '{"temperature":1}'])
      should(bareValueOf('', 'topic', payload)).equal(payload)
    should(bareValueOf('temperature', '', '')).equal('')
  })
})

describe('Reading the values of a message', () => {
  it('takes a plain object as values of the set device at the arrival time', async () => {
    const entries = await read({ temperature: 21.5, running: true })
    entries.should.deepEqual([
      { device: undefined, timeMs: reading.arrivalMs, values: { temperature: 21.5, running: true } },
    ])
  })

  it('takes the native form with its time', async () => {
    const entries = await read({ measurepoints: { temp: { value: 20, quality: 0 } }, time: '1700000000123' })
    entries.should.deepEqual([
      { device: undefined, timeMs: 1_700_000_000_123, values: { temp: { value: 20, quality: 0 } } },
    ])
  })

  it('takes an array of both forms, each entry with its own device', async () => {
    const entries = await read([
      { temp: 1, productKey: 'pk', deviceKey: 'dk' },
      { measurepoints: { temp: 2 }, assetId: 'a-1', time: '2023-11-14T22:13:20Z' },
    ])
    entries.should.deepEqual([
      { device: { productKey: 'pk', deviceKey: 'dk' }, timeMs: reading.arrivalMs, values: { temp: 1 } },
      { device: { assetId: 'a-1' }, timeMs: 1_700_000_000_000, values: { temp: 2 } },
    ])
  })

  it('reads rows of a table whose time has another name', async () => {
    const entries = await read([{ timestamp: '2013-12-02 21:15:00', temp: 73.9 }], { timeField: 'timestamp' })
    entries.should.deepEqual([
      { device: undefined, timeMs: new Date(2013, 11, 2, 21, 15).getTime(), values: { temp: 73.9 } },
    ])
  })

  it('keeps every entry of a large array in order and lets other work run meanwhile', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => ({ n: index }))
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const entries = await read(rows)
    clearInterval(timer)
    entries.map(({ values }) => values.n).should.deepEqual(rows.map(({ n }) => n))
    turns.should.be.above(0)
  })

  it('hands over each entry before it looks at the next, so that none has to be kept', async () => {
    const log: string[] = []
    const row = (n: number) => ({
      get temp() {
        log.push(`read ${n}`)
        return n
      },
    })
    await readEntries([row(0), row(1)], reading).each(({ values }) => log.push(`got ${values.temp}`))
    log.filter((line, at) => line !== log[at - 1]).should.deepEqual(['read 0', 'got 0', 'read 1', 'got 1'])
  })

  it('tells of what cannot be read first, and hands over nothing more once an entry was refused', async () => {
    const handed: unknown[] = []
    const refuse = ({ values }: Entry) => {
      handed.push(values.n)
      if (handed.length === 2) throw new RangeError('two')
    }
    const rows = Array.from({ length: 1_200 }, (_, n) => ({ n }))
    await readEntries(rows, reading).each(refuse).should.be.rejectedWith(RangeError)
    handed.should.deepEqual([0, 1])
    handed.length = 0
    await readEntries([...rows, { n: Number.NaN }], reading)
      .each(refuse)
      .should.be.rejectedWith({ code: 'INPUT_INVALID', message: /^Entry 1200/ })
  })

  const refused: [title: string, payload: unknown, code: string, text: RegExp][] = [
    ['no payload', undefined, 'INPUT_EMPTY', /no values/],
    ['an empty text', '', 'INPUT_EMPTY', /no values/],
    ['an empty array', [], 'INPUT_EMPTY', /no values/],
    ['an empty object', {}, 'INPUT_EMPTY', /no values/],
    ['a text', '21.5', 'INPUT_INVALID', /json node/],
    ['a bare number', 21.5, 'INPUT_INVALID', /a value of type number is not a set of values/],
    ['NaN', { temp: Number.NaN }, 'INPUT_INVALID', /"temp": NaN is not a number/],
    ['infinity inside a struct', { s: { a: [1, Number.POSITIVE_INFINITY] } }, 'INPUT_INVALID', /"s": Infinity/],
    ['null in a struct', { s: { a: null } }, 'INPUT_INVALID', /"s": the value is null/],
    ['null alone', { temp: null }, 'INPUT_EMPTY', /no values/],
    ['a function', { temp: () => 1 }, 'INPUT_INVALID', /type function/],
    ['a Map', { temp: new Map([['a', 1]]) }, 'INPUT_INVALID', /a Map cannot be sent/],
    ['an array with a gap', { curve: withGap }, 'INPUT_INVALID', /"curve": a value of type undefined/],
    ['a struct with such an array', { pump: { curve: withGap } }, 'INPUT_INVALID', /type undefined/],
    ['a promise', { temp: Promise.resolve(21) }, 'INPUT_INVALID', /a Promise cannot be sent/],
    ['a typed array', { temp: new Float32Array(2) }, 'INPUT_INVALID', /Array\.from/],
    ['a BigInt in a struct', { s: { a: 1n } }, 'INPUT_INVALID', /type bigint/],
    ['a quality on a text', { temp: { value: 'x', quality: 0 } }, 'INPUT_INVALID', /only a number/],
    ['a quality of 12', { temp: { value: 1, quality: 12 } }, 'INPUT_INVALID', /0 to 9/],
    ['half a device', { temp: 1, deviceKey: 'dk' }, 'INPUT_INVALID', /productKey and deviceKey together/],
    [
      'a time in seconds',
      { temp: 1, time: 1_700_000_000 },
      'INPUT_TIME_INVALID',
      /looks like Unix seconds: 2023-11-14T22:13:20\.000Z.*multiply it by 1000/,
    ],
    ['a time in seconds as text', { temp: 1, time: '1700000000' }, 'INPUT_TIME_INVALID', /looks like Unix seconds/],
    [
      'a time in microseconds',
      { temp: 1, time: 1_700_000_000_000_000 },
      'INPUT_TIME_INVALID',
      /looks like Unix microseconds.*divide it by 1000\./,
    ],
    ['a time that is a word', { temp: 1, time: 'yesterday' }, 'INPUT_TIME_INVALID', /"yesterday", is not a time/],
    ['an invalid Date', { temp: 1, time: new Date(Number.NaN) }, 'INPUT_TIME_INVALID', /is not a time/],
  ]
  for (const [title, payload, code, text] of refused) {
    it(`refuses ${title} with ${code} and says why`, async () => {
      await read(payload).should.be.rejectedWith({ code, message: text })
    })
  }

  it('makes no entry of a row without a value, whatever is known of the points', async () => {
    const known = new KnownPoints(new Map([['temp', { dataType: 'DOUBLE' }]]), false)
    for (const points of [undefined, () => undefined, () => known]) {
      for (const payload of [{}, { time: 1_700_000_000_000 }, [{ temp: '' }, {}], { measurepoints: {} }]) {
        await read(payload, { points }).should.be.rejectedWith({ code: 'INPUT_EMPTY' })
        const entries = await read([payload, { temp: 1 }].flat(), { points })
        entries.map(({ values }) => values).should.deepEqual([{ temp: 1 }])
      }
    }
  })

  it('refuses rows whose time is in a column that nobody has named as the time field', async () => {
    for (const timestamp of ['2026-03-02T06:00:00Z', 1_772_431_200_000]) {
      await read([{ temp: 1, timestamp }]).should.be.rejectedWith({
        code: 'INPUT_TIME_INVALID',
        message: /"timestamp"/,
      })
    }
    await read([{ runtime: 512, update: 'weekly' }]).should.be.fulfilled()
    await read({ measurepoints: { timestamp: 1_772_431_200_000 } }).should.be.fulfilled()
  })

  it('takes a date for a point where a table or thing model has such a point', async () => {
    const points = () => new KnownPoints(new Map([['installed', { dataType: 'STRING' }]]), false)
    const [entry] = await read({ installed: '2020-05-01', temp: 1 }, { points })
    should(entry).deepEqual({
      device: undefined,
      timeMs: reading.arrivalMs,
      values: { installed: '2020-05-01', temp: 1 },
    })
    await read({ installed: '2020-05-01', Zeit: '2026-03-02 06:00' }, { points }).should.be.rejectedWith(/"Zeit" looks/)
  })

  it('names the entry that is wrong', async () => {
    await read([{ temp: 1 }, { temp: Number.NaN }]).should.be.rejectedWith({ message: /^Entry 1, "temp"/ })
  })

  it('refuses an object that contains itself with INPUT_CIRCULAR', async () => {
    const machine: Record<string, unknown> = { temp: 1 }
    machine.self = machine
    await read(machine).should.be.rejectedWith({ code: 'INPUT_CIRCULAR' })
  })

  it('answers any payload with entries or one coded error, never with another fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), async (payload) => {
        try {
          should(await read(payload))
            .be.an.Array()
            .and.not.be.empty()
        } catch (failure) {
          should(failure)
            .have.property('code')
            .which.match(/^INPUT_/)
        }
      }),
    )
  })

  it('takes one byte-order mark off a name, in either form and beside unmarked rows', async () => {
    const entries = await read([
      { a: 1, '\ufefftime': 1_600_000_000_000 },
      { '\ufeff\ufeffb': 2 },
      { '\ufeffmeasurepoints': { '\ufeffc': 3 }, time: 1_600_000_000_000 },
      { d: 4 },
    ])
    entries
      .map(({ timeMs, values }) => ({ timeMs, values }))
      .should.deepEqual([
        { timeMs: 1_600_000_000_000, values: { a: 1 } },
        { timeMs: reading.arrivalMs, values: { '\ufeffb': 2 } },
        { timeMs: 1_600_000_000_000, values: { c: 3 } },
        { timeMs: reading.arrivalMs, values: { d: 4 } },
      ])
  })
})
