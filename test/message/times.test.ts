import fc from 'fast-check'
import should from 'should'
import type { ConnectorError } from '../../lib/core'
import { formatName, type TimeFormat, TimePattern, TimeReader, type Zone, zoneNamed } from '../../lib/message'
import { numberFormats } from '../../lib/message/numbered-time'
import { otherReadings } from '../../lib/message/time-advice'
import { patienceMs } from '../patience'

const hourMs = 3_600_000
const arrivalMs = Date.UTC(2026, 10, 29, 6)
function zone(name: string): Zone {
  const found = zoneNamed(name)
  if (!found) throw new Error(`${name} is unknown`)
  return found
}
const berlin = zone('Europe/Berlin')
const zoneNames = [
  '',
  'Europe/Berlin',
  'Asia/Seoul',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  '+05:45',
  'UTC',
]

interface Reading {
  format?: TimeFormat
  pattern?: string
  zone?: Zone
}

const reader = ({ format = 'auto', pattern, zone: chosen = zone('') }: Reading = {}) =>
  new TimeReader(
    {
      format,
      zone: chosen,
      aheadMs: 24 * hourMs,
      pattern: pattern === undefined ? undefined : TimePattern.of(pattern),
    },
    arrivalMs,
  )
const read = (time: unknown, reading?: Reading) => reader(reading).timeMs(time, 'the value')
const iso = (time: unknown, reading?: Reading) => new Date(read(time, reading)).toISOString()
const local = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...parts).getTime()

function refusal(time: unknown, reading?: Reading): string {
  try {
    return should.fail(read(time, reading), 'an error', `${String(time)} was read as`, 'instead of') as never
  } catch (failure) {
    if ((failure as ConnectorError).code !== 'INPUT_TIME_INVALID') throw failure
    return (failure as ConnectorError).message
  }
}

describe('A time without a format', () => {
  const instants: [written: unknown, read: string][] = [
    ['2026-03-02T06:00:00Z', '2026-03-02T06:00:00.000Z'],
    ['2026-03-02t06:00z', '2026-03-02T06:00:00.000Z'],
    ['2026-03-02T06:00:00,123Z', '2026-03-02T06:00:00.123Z'],
    ['2026-03-02 06:00:00.1234567+01:00', '2026-03-02T05:00:00.123Z'],
    ['2026-03-02T06:00:00+01', '2026-03-02T05:00:00.000Z'],
    ['2026-03-02T06:00:00-0330', '2026-03-02T09:30:00.000Z'],
    ['2026-03-02 06:00:00 +08:00', '2026-03-01T22:00:00.000Z'],
    ['2026/03/02 06:00:00Z', '2026-03-02T06:00:00.000Z'],
    ['20260302T060000Z', '2026-03-02T06:00:00.000Z'],
    ['2026-03-01T24:00:00Z', '2026-03-02T00:00:00.000Z'],
    [' 1772431200000 ', '2026-03-02T06:00:00.000Z'],
    [1_772_431_200_000.4, '2026-03-02T06:00:00.000Z'],
    [1_772_431_200_000n, '2026-03-02T06:00:00.000Z'],
    [new Date(1_772_431_200_000), '2026-03-02T06:00:00.000Z'],
  ]
  for (const [written, expected] of instants) {
    it(`is read from ${typeof written} ${String(written)}`, () => {
      iso(written).should.equal(expected)
    })
  }

  it('is local where it names no offset, midnight where it names no time of day', () => {
    read('2026-03-02 06:00:00').should.equal(local(2026, 2, 2, 6))
    read('2026-03-02T06:00:00.5').should.equal(local(2026, 2, 2, 6, 0, 0, 500))
    read('2026-03-02').should.equal(local(2026, 2, 2))
    iso('2026-03-02', { zone: berlin }).should.equal('2026-03-01T23:00:00.000Z')
    iso('2026-07-02 06:00', { zone: berlin }).should.equal('2026-07-02T04:00:00.000Z')
    iso('2026-07-02 06:00+09:00', { zone: berlin }).should.equal('2026-07-01T21:00:00.000Z')
  })

  it('is local where it is digits in a row, as text and as number', () => {
    for (const [digits, expected] of [
      ['20260302', local(2026, 2, 2)],
      ['202603020605', local(2026, 2, 2, 6, 5)],
      ['20260302060507', local(2026, 2, 2, 6, 5, 7)],
    ] as const) {
      read(digits).should.equal(expected)
      read(Number(digits)).should.equal(expected)
    }
    read('20260302060507089').should.equal(local(2026, 2, 2, 6, 5, 7, 89))
    read(20260302060507088).should.equal(local(2026, 2, 2, 6, 5, 7, 88))
    iso(20260302060000, { zone: zone('+09:00') }).should.equal('2026-03-01T21:00:00.000Z')
  })

  it('may lie a day ahead and no more', () => {
    read(arrivalMs + 24 * hourMs).should.equal(arrivalMs + 24 * hourMs)
    for (const ahead of [arrivalMs + 24 * hourMs + 1, '2027-01-01T00:00:00Z', '20990302060000', new Date('2099-12-31')])
      refusal(ahead).should.match(/more than 24 h ahead of this PC's clock, 2026-11-29T06:00:00\.000Z/)
    refusal('2612-01-02').should.match(/is in the year 2612/)
  })

  it('ends with the year 2099 where the clock is not set, so that units can still be told apart', () => {
    const unset = new TimeReader({ format: 'auto', zone: zone(''), aheadMs: 24 * hourMs }, Date.UTC(1970, 0, 2))
    const told = (time: unknown) => unset.plainMs(time) ?? unset.timeMs(time, 'the value')
    told(arrivalMs).should.equal(arrivalMs)
    told(20260302060000).should.equal(local(2026, 2, 2, 6))
    should(() => told(arrivalMs * 1000)).throw(/looks like Unix microseconds/)
    should(() => told('2100-01-02')).throw(/is in the year 2100, which cannot be right/)
  })

  it('is refused where there is no such day or hour', () => {
    for (const time of [
      '2026-02-30',
      '2026-02-29 10:00',
      '2026-13-01',
      '2026-00-10T00:00Z',
      '2026-03-02T25:00:00Z',
      '2026-03-02T06:60:00Z',
      '2026-03-02T24:00:01Z',
      '2026-03-02T06:00:00+25:00',
    ]) {
      refusal(time).should.match(/does not exist/)
    }
    iso('2024-02-29T00:00Z').should.equal('2024-02-29T00:00:00.000Z')
  })

  it('is refused where it names its zone by letters, with the advice to use an offset', () => {
    for (const [time, named] of [
      ['2026-03-02 06:00:00 CST', 'CST'],
      ['2026-03-02 06:00:00 IST', 'IST'],
      ['2026-03-02T06:00:00BST', 'BST'],
      ['2026-03-02 06:00:00 UTC', 'UTC'],
      ['2026-03-02 06:00:00 (UTC+8)', '(UTC+8)'],
      ['2026-03-02 06:00 GMT+8', 'GMT+8'],
      ['2026-03-02T06:00:00+8', '+8'],
    ] as const) {
      const text = refusal(time)
      should(text.includes(`names its zone as "${named}"`)).be.true(text)
      text.should.match(/an offset such as \+01:00/)
    }
  })

  it('is refused where it comes from a clock that was never set', () => {
    for (const time of [0, 5_000, '1970-01-01T00:00:00Z', '1972-01-01'])
      refusal(time).should.match(/is in 19|before 1970/)
    refusal(-5).should.match(/before 1970/)
  })

  it('is refused where it is anything else', () => {
    for (const time of [
      'yesterday',
      '06:00',
      '2026',
      '2026-3-2',
      true,
      {},
      [],
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e300,
    ])
      refusal(time).should.be.ok()
    refusal('9'.repeat(5_000_000)).should.be.ok()
  })
})

describe('The advice of a refused time', () => {
  const advised: [time: unknown, text: RegExp][] = [
    [
      1_772_431_200,
      /looks like Unix seconds: 2026-03-02T06:00:00\.000Z\. Choose this time format.*multiply it by 1000/,
    ],
    [1_772_431_200_000_000, /looks like Unix microseconds: 2026-03-02T06:00:00\.000Z.*divide it by 1000\./],
    [1_772_431_200_000_000_000n, /looks like Unix nanoseconds: 2026-03-02T06:00:00\.000Z.*divide it by 1000000\./],
    [45_292.5, /looks like Excel date \(days since 1900\): 2024-01-01 12:00:00\. Choose this time format/],
    [46_354_460_322.81, /looks like SIMATIC HMI .*: 2026-11-28 11:02:51\.891\. Choose this time format/],
    ['46354460322,81', /looks like SIMATIC HMI .*: 2026-11-28 11:02:51\.891/],
    ['28.11.2026 10:00:00', /looks like day\.month\.year: 2026-11-28 10:00:00/],
    ['11/28/2026 10:00 AM', /looks like month\/day\/year: 2026-11-28 10:00:00/],
    ['03/04/2026', /as day\.month\.year \(2026-04-03 00:00:00\) or as month\/day\/year \(2026-03-04 00:00:00\)/],
  ]
  for (const [time, text] of advised) {
    it(`of ${String(time)} names the format, and the time that it is in it`, () => {
      refusal(time).should.match(text)
    })
  }

  it('names the format of a time that is not written as the node is told', () => {
    refusal('2026-03-02 06:00:00', { format: 'dmy' }).should.match(/looks like ISO 8601/)
    refusal(1_772_431_200_000, { format: 's' }).should.match(/looks like ISO 8601 or Unix milliseconds: 2026-03-02/)
    refusal('13/28/2026', { format: 'dmy' }).should.match(/does not exist/)
    refusal('11/28/2026', { format: 'dmy' }).should.match(/looks like month\/day\/year/)
    refusal('noon', { format: 'dmy' }).should.match(/not in the time format that is set in the node: day\.month\.year/)
    refusal('2026-11-28', { format: 'pattern', pattern: 'DD.MM.YYYY' }).should.match(/looks like ISO 8601/)
  })

  const moment = fc.integer({ min: Date.UTC(2000, 0), max: arrivalMs }).map((ms) => Math.floor(ms / 1000) * 1000)
  const two = (number: number) => String(number).padStart(2, '0')
  const writers: Partial<Record<TimeFormat, (unixMs: number, wall: Date) => unknown>> = {
    s: (unixMs) => unixMs / 1000,
    us: (unixMs) => unixMs * 1000,
    ns: (unixMs) => String(BigInt(unixMs) * 1_000_000n),
    excel: (_, wall) => wall.getTime() / 86_400_000 + 25_569,
    'excel-us': (_, wall) => (wall.getTime() / 86_400_000 + 25_569) * 1e6,
    dmy: (_, wall) =>
      `${wall.getUTCDate()}.${wall.getUTCMonth() + 1}.${wall.getUTCFullYear()} ${wall.toISOString().slice(11, 19)}`,
    mdy: (_, wall) =>
      `${two(wall.getUTCMonth() + 1)}/${two(wall.getUTCDate())}/${wall.getUTCFullYear()} ${wall.toISOString().slice(11, 19)}`,
  }

  it('gives the intended time when it is followed, whatever the time, its format and the zone', () => {
    const chosen = fc.constantFrom(...(Object.keys(writers) as TimeFormat[]))
    fc.assert(
      fc.property(moment, chosen, fc.constantFrom(...zoneNames), (unixMs, format, zoneName) => {
        const there = zone(zoneName)
        const wall = new Date(unixMs + there.offsetMs(unixMs))
        const time = writers[format]?.(unixMs, wall)
        const text = refusal(time, { zone: there })
        const readings = otherReadings(time, 'auto', there, arrivalMs + 24 * hourMs)
        const right = readings.find((reading) => reading.format === format)
        should(right).not.equal(undefined, `${text} for ${new Date(unixMs).toISOString()} as ${format}`)
        should(text.includes(String(formatName[format]))).be.true(text)
        // In the hour that comes twice it may be the other of the two.
        const followed = read(time, { format, zone: there })
        should([0, hourMs / 2, hourMs]).containEql(Math.round(Math.abs(followed - unixMs) / 1000) * 1000)
        should(followed + there.offsetMs(followed)).be.approximately(wall.getTime(), 1)
        if (!['dmy', 'mdy'].includes(format)) should(readings.length).equal(1)
        const factor = { s: 1000, us: 1 / 1000, ns: 1 / 1_000_000 }[format as string]
        if (factor) read(Number(time) * factor, { zone: there }).should.be.approximately(unixMs, 1)
      }),
    )
  }).timeout(patienceMs)

  it('is a time within the bounds or one coded error, whatever comes', () => {
    const times = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true }),
      fc.double(),
      fc.bigInt(),
      fc.date().map(String),
      fc.stringMatching(/^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}[T ]?(\d{1,2}:\d{1,2})?(Z|[+-]\d{1,4})?$/),
    )
    const chosen = fc.constantFrom(...(Object.keys(formatName) as TimeFormat[]))
    fc.assert(
      fc.property(times, chosen, fc.constantFrom(...zoneNames), (time, format, zoneName) => {
        const reading = { format, zone: zone(zoneName), pattern: 'D.M.YY H:m' }
        let timeMs: number
        try {
          timeMs = read(time, reading)
        } catch (failure) {
          should(failure).have.property('code', 'INPUT_TIME_INVALID')
          return
        }
        should(Number.isInteger(timeMs)).be.true()
        timeMs.should.be.within(1e11, arrivalMs + 24 * hourMs)
      }),
    )
  }).timeout(patienceMs)
})

describe('A time in a format that the node is told', () => {
  it('is read from the ways in which loggers write it', () => {
    for (const [time, reading, expected] of [
      ['28.11.2026 10:00:00', { format: 'dmy' }, local(2026, 10, 28, 10)],
      ['8.1.26', { format: 'dmy' }, local(2026, 0, 8)],
      ['28/11/2026 9:05', { format: 'dmy' }, local(2026, 10, 28, 9, 5)],
      ['28-11-2026 10:00:00,250', { format: 'dmy' }, local(2026, 10, 28, 10, 0, 0, 250)],
      ['28.11.2026 10:00:00 +00:00', { format: 'dmy' }, Date.UTC(2026, 10, 28, 10)],
      ['11/28/2026 1:05:00 PM', { format: 'mdy' }, local(2026, 10, 28, 13, 5)],
      ['11/28/2026 12:05 a.m.', { format: 'mdy' }, local(2026, 10, 28, 0, 5)],
      [1_772_431_200, { format: 's' }, 1_772_431_200_000],
      ['1772431200.5', { format: 's' }, 1_772_431_200_500],
      ['1772431200000', { format: 'ms' }, 1_772_431_200_000],
      ['1772431200000000000', { format: 'ns' }, 1_772_431_200_000],
      ['45292,5', { format: 'excel' }, local(2024, 0, 1, 12)],
      [46_354_460_322.81, { format: 'excel-us' }, local(2026, 10, 28, 11, 2, 51, 891)],
      ['28-Nov-26 10:00:00', { format: 'pattern', pattern: 'DD-MMM-YY HH:mm:ss' }, local(2026, 10, 28, 10)],
      ['2026-3-2  6:00', { format: 'pattern', pattern: 'YYYY-M-D H:mm' }, local(2026, 2, 2, 6)],
      ['2026年03月02日 06:00', { format: 'pattern', pattern: 'YYYY年MM月DD日 HH:mm' }, local(2026, 2, 2, 6)],
      ['26061 x', { format: 'pattern', pattern: "YYMMD 'x'" }, local(2026, 5, 1)],
      [
        'March 2, 2026 06:00:00.25 PM',
        { format: 'pattern', pattern: 'MMMM D, yyyy hh:mm:ss.SSS a' },
        local(2026, 2, 2, 18, 0, 0, 250),
      ],
      ['02.03.2026T06:00:00+0900', { format: 'pattern', pattern: "dd.MM.yyyy'T'HH:mm:ssZ" }, Date.UTC(2026, 2, 1, 21)],
      [20260302, { format: 'pattern', pattern: 'YYYYDDMM' }, local(2026, 1, 3)],
    ] as [unknown, Reading, number][]) {
      should(read(time, reading)).equal(expected, `${String(time)} as ${reading.pattern ?? reading.format}`)
    }
  })

  it('is taken from a Date all the same', () => {
    for (const format of Object.keys(formatName) as TimeFormat[])
      read(new Date(1_772_431_200_000), { format }).should.equal(1_772_431_200_000)
  })

  it('reads back what Excel and others wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1990, 0), max: arrivalMs }), (unixMs) => {
        const days = unixMs / 86_400_000 + 25_569
        read(days, { format: 'excel', zone: zone('UTC') }).should.equal(unixMs)
        read(days * 1e6, { format: 'excel-us', zone: zone('UTC') }).should.be.approximately(unixMs, 1)
        read(numberFormats.s(unixMs / 1000).wallMs, { format: 'ms' }).should.be.approximately(unixMs, 1)
      }),
    )
  }).timeout(patienceMs)

  it('has a pattern that can be understood, or none', () => {
    for (const pattern of [
      '',
      'YYYY',
      'YYYY-MM',
      'YYYY-MM-DD YYYY',
      'YYYY-MM-DD Q',
      'YYYY-MM-DDD',
      'MM MMM YYYY DD',
      'x'.repeat(65),
    ])
      should(TimePattern.of(pattern)).be.undefined()
  })
})

describe('A time in a zone', () => {
  it('is where clocks are set back the first of the two hours, and the second where the rows go on', () => {
    const rows = reader({ zone: berlin })
    const written = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00']
    const utc = written.map((time) => new Date(rows.timeMs(`2026-10-25 ${time}`, 'x')).toISOString().slice(11, 16))
    utc.should.deepEqual(['23:30', '00:00', '00:30', '01:00', '01:30', '02:00'])
  })

  it('is told apart in rows with the newest first too, and in rows of several devices by turns', () => {
    const rows = reader({ zone: berlin })
    const falling = ['03:00', '02:30', '02:00', '02:30', '02:00', '01:30']
    const utc = falling.map((time) => new Date(rows.timeMs(`2026-10-25 ${time}`, 'x')).toISOString().slice(11, 16))
    utc.should.deepEqual(['02:00', '01:30', '01:00', '00:30', '00:00', '23:30'])
    const turns = reader({ zone: berlin })
    const of = (device: string, time: string) =>
      new Date(turns.timeMs(`2026-10-25 ${time}`, 'x', device)).toISOString().slice(11, 16)
    const read = [of('a', '02:30'), of('b', '02:00'), of('a', '02:00'), of('b', '02:30'), of('a', '02:30')]
    read.should.deepEqual(['00:30', '00:00', '01:00', '00:30', '01:30'])
  })

  it('is the second of the two hours where a single time has just been that', () => {
    const nowMs = Date.UTC(2026, 9, 25, 1, 31)
    const single = (at: number) =>
      new TimeReader({ format: 'auto', zone: berlin, aheadMs: hourMs }, at).timeMs('2026-10-25 02:30', 'x')
    single(nowMs).should.equal(Date.UTC(2026, 9, 25, 1, 30))
    single(nowMs - hourMs).should.equal(Date.UTC(2026, 9, 25, 0, 30))
    single(nowMs + 5 * hourMs).should.equal(Date.UTC(2026, 9, 25, 0, 30))
  })

  it('is refused in the hour that clocks leave out, with the zone named', () => {
    refusal('2026-03-29 02:30:00', { zone: berlin }).should.match(/in the hour that Europe\/Berlin skips/)
    iso('2026-03-29 02:30:00', { zone: zone('+01:00') }).should.equal('2026-03-29T01:30:00.000Z')
    iso('2026-03-29 03:00:00', { zone: berlin }).should.equal('2026-03-29T01:00:00.000Z')
  })

  it('begins with the first moment of a day whose midnight is left out', () => {
    iso('2026-04-24', { zone: zone('Africa/Cairo') }).should.equal('2026-04-23T22:00:00.000Z')
  })

  it('reads back what the clock on the wall shows, at every moment of every zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1975, 0), max: arrivalMs }),
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        (unixMs, name) => {
          const there = zone(name)
          const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' })
          const text = shown.format(unixMs)
          const back = read(text, { zone: there })
          shown.format(back).should.equal(text)
          // Only an hour that comes twice leaves a choice.
          if (Math.abs(back - unixMs) > 1_000) Math.abs(back - unixMs).should.be.within(30 * 60_000, 3 * hourMs)
        },
      ),
    )
  }).timeout(patienceMs)

  it('has the name of a place or an offset, no letters that stand for several places', () => {
    for (const name of ['Mars/Olympus', 'CST', 'IST', 'BST', 'EST', '+25:00', '5', 'x'.repeat(100)])
      should(zoneNamed(name)).be.undefined()
    for (const name of ['Asia/Seoul', 'UTC', 'GMT', '-03:30', '+09', 'Z', 'Etc/GMT-1']) should(zoneNamed(name)).be.ok()
  })
})
