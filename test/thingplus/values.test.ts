import fc from 'fast-check'
import should from 'should'
import { publishedSensorKind, readSensorKind, type SensorKind } from '../../lib/thingplus/sensor-kinds'
import { type SeriesEntry, seriesEntries } from '../../lib/thingplus/values'

const arrivalMs = 1_495_715_734_508
const reading = { arrivalMs }

function kindOf(type: string): SensorKind {
  const kind = publishedSensorKind(type)
  if (!kind) throw new Error(`${type} is not published`)
  return kind
}

function sent(input: unknown, type: string): SeriesEntry['value'] | undefined {
  return seriesEntries(input, kindOf(type), reading)[0]?.value
}

function refuses(input: unknown, type: string, code: string, text: RegExp): void {
  should(() => seriesEntries(input, kindOf(type), reading)).throw(text, { code })
}

describe('Values for a number sensor', () => {
  it('are no Dates, and said to be none, where the type is not known', () => {
    should(() => seriesEntries({ value: new Date() }, undefined, { arrivalMs: 1 })).throw(/a Date cannot be sent/)
  })

  it('become text, a big integer and numeric text included', () => {
    should(sent(36.5, 'temperature')).equal('36.5')
    should(sent(12345678901234567890n, 'count')).equal('12345678901234567890')
    should(sent(' -1.5e3 ', 'temperature')).equal('-1.5e3')
  })

  it('become the text that reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        Number(sent(number, 'number')).should.equal(number === 0 ? 0 : number)
      }),
    )
  })

  it('are refused when they are no finite number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 'warm', '0x10', true, { a: 1 }]) {
      refuses({ value }, 'temperature', 'INPUT_INVALID', /temperature, which takes a number/)
    }
  })
})

describe('Values for a coded sensor', () => {
  it('become the code, from true and false, from the code, and from what the portal shows', () => {
    should(sent(true, 'onoff')).equal('1')
    should(sent(false, 'door')).equal('0')
    should(sent(1, 'motion')).equal('1')
    should(sent('Opened', 'door')).equal('1')
    should(sent('DEEP', 'sleepStage')).equal('3')
  })

  it('are refused when there is no such code, and the error lists the codes', () => {
    refuses(2, 'onoff', 'INPUT_INVALID', /0 \(off\), 1 \(on\)/)
    refuses(true, 'powerControllerState', 'INPUT_INVALID', /3 \(on\)/)
    refuses({ value: {} }, 'onoff', 'INPUT_INVALID', /true, false or/)
  })
})

describe('Values for a text sensor', () => {
  it('are text, whatever scalar they were', () => {
    should(sent('ready', 'string')).equal('ready')
    should(sent(7, 'string')).equal('7')
    should(sent(true, 'string')).equal('true')
  })

  it('are refused when they are an object', () => {
    refuses({ value: { a: 1 } }, 'string', 'INPUT_INVALID', /takes text/)
  })
})

describe('Values for an object sensor', () => {
  it('are sent with the documented keys and kinds', () => {
    should(sent({ r: '255', g: 0, b: 7 }, 'color')).deepEqual({ r: 255, g: 0, b: 7 })
    should(sent({ x: 0.1, y: 0.2, z: 9.8 }, 'accelerometer')).deepEqual({ x: 0.1, y: 0.2, z: 9.8 })
    should(sent({ state: 'in', reader: 12 }, 'tag')).deepEqual({ state: 'in', reader: '12' })
  })

  it('may name a location by latitude and longitude', () => {
    should(sent({ latitude: 37.4, longitude: 127.1 }, 'location')).deepEqual({ lat: 37.4, lng: 127.1 })
  })

  it('are refused with a missing key, a key too many, or a text where a number belongs', () => {
    refuses({ lat: 1 }, 'location', 'INPUT_INVALID', /lng is missing/)
    refuses({ r: 1, g: 2, b: 3, alpha: 4 }, 'color', 'INPUT_INVALID', /"alpha" does not belong there/)
    refuses({ lat: 'north', lng: 1 }, 'location', 'INPUT_INVALID', /location/)
    refuses(12, 'location', 'INPUT_INVALID', /\{ lat, lng, alt \}/)
  })

  it('are refused when they contain themselves', () => {
    const circular: Record<string, unknown> = { lat: 1, lng: 2 }
    circular['self'] = circular
    refuses(circular, 'location', 'INPUT_CIRCULAR', /contains itself/)
  })
})

describe('Values for a sensor of unknown type', () => {
  it('become text, booleans 1 and 0, and objects stay', () => {
    const values = seriesEntries([21.5, true, 'x', { a: { b: [1] } }], undefined, reading).map(({ value }) => value)
    values.should.deepEqual(['21.5', '1', 'x', { a: { b: [1] } }])
  })

  it('are refused when JSON has no word for them', () => {
    const withGap = { curve: Object.assign([1], { 2: 3 }) }
    for (const value of [Number.NaN, { deep: Number.NaN }, withGap, () => 1, Buffer.from('x'), Symbol('x')]) {
      should(() => seriesEntries({ value }, undefined, reading)).throw({ code: 'INPUT_INVALID' })
    }
  })
})

describe('The kind of a sensor type as the cloud tells it', () => {
  it('is read with its codes and with the kinds of its properties', () => {
    should(
      readSensorKind({ id: 'valve', type: 'boolean', values: [0, 1, 2], displayValues: ['shut', 'half', 'open'] }),
    ).deepEqual({ type: 'valve', kind: 'boolean', codes: { '0': 'shut', '1': 'half', '2': 'open' } })
    should(
      readSensorKind({
        id: 'location',
        type: 'object',
        contentType: { properties: { lat: { type: 'number' }, lng: {}, floor: { type: 'string' }, more: {} } },
      }),
    ).deepEqual({
      type: 'location',
      kind: 'object',
      properties: { lat: 'number', lng: 'number', floor: 'string', more: 'any' },
      required: ['lat', 'lng'],
    })
  })

  it('is unknown when the answer is something else', () => {
    should(readSensorKind({ id: 'valve', type: 'tensor' })).be.undefined()
    should(readSensorKind('Access denied')).be.undefined()
    should(publishedSensorKind('constructor')).be.undefined()
  })
})

describe('The entries of a series', () => {
  it('take the arrival time when they have none, and drop all keys but value and time', () => {
    seriesEntries({ value: 1, topic: 'plant' }, undefined, reading).should.deepEqual([{ value: '1', time: arrivalMs }])
  })

  it('are refused when their time is in another key than the one that is named, for it would be lost', () => {
    for (const key of ['timestamp', 'dateTime', 'Date']) {
      should(() => seriesEntries([{ value: 1, [key]: arrivalMs }], undefined, reading)).throw(
        new RegExp(`no "time", but "${key}"`),
        {
          code: 'INPUT_TIME_INVALID',
        },
      )
      seriesEntries({ value: 1, [key]: arrivalMs }, undefined, { ...reading, timeField: key }).should.deepEqual([
        { value: '1', time: arrivalMs },
      ])
    }
  })

  it('take a time as number, numeric text, ISO text or Date', () => {
    for (const time of [arrivalMs, String(arrivalMs), '2017-05-25T12:35:34.508Z', new Date(arrivalMs)]) {
      seriesEntries({ value: 1, time }, undefined, reading).should.deepEqual([{ value: '1', time: arrivalMs }])
    }
  })

  it('are refused with a time in seconds or microseconds, or with none, and the error says what to do', () => {
    const refused = (time: unknown, text: RegExp) =>
      should(() => seriesEntries({ value: 1, time }, undefined, reading)).throw(text, { code: 'INPUT_TIME_INVALID' })
    refused(1_495_715_734, /multiply it by 1000/)
    refused('1495715734', /multiply it by 1000/)
    refused(1_495_715_734_508_000, /divide it by 1000\./)
    for (const time of ['yesterday', true, {}, Number.NaN]) refused(time, /ISO 8601/)
    refused('2017-13-01', /does not exist/)
  })

  it('are sorted oldest first, and those of equal time stay in the given order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1_500_000_000_000, max: 1_500_000_000_009 }), { minLength: 1 }),
        (times) => {
          const input = times.map((time, index) => ({ value: String(index), time }))
          const entries = seriesEntries(input, undefined, { arrivalMs: Date.now() })
          entries.length.should.equal(times.length)
          for (const [index, entry] of entries.entries()) {
            const next = entries[index + 1]
            if (!next) continue
            should(
              entry.time < next.time || (entry.time === next.time && Number(entry.value) < Number(next.value)),
            ).be.true()
          }
        },
      ),
    )
  })

  it('are without those that are no value, a blank text but for a sensor that takes text', () => {
    seriesEntries([1, { value: null }, ' ', 3], undefined, reading).should.have.length(2)
    for (const input of [[], undefined, null, '', { value: '' }])
      seriesEntries(input, undefined, reading).should.be.empty()
    should(sent('', 'string')).equal('')
  })

  it('are refused when one is a list of its own', () => {
    should(() => seriesEntries([[1, 2]], undefined, reading)).throw({ code: 'INPUT_INVALID' })
  })
})
