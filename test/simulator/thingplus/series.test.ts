import fc from 'fast-check'
import 'should'
import { SeriesStore } from '../../../lib/simulator/thingplus/series-store'
import { gatewayId, newSensor, sensorId, sensorPath, startMs, visitWithSensor } from './visitor'

const path = `${sensorPath}/series`
const values = (...times: number[]) => times.map((time) => ({ value: String(time), time }))

describe('Values in the simulated Thing+ cloud', () => {
  it('answers the first write ever with the sensor and the id of its series, be it one value or a list', () => {
    for (const body of [{ value: '36.5', time: startMs }, values(1, 2)]) {
      const { data } = visitWithSensor().call('PUT', path, body)
      data.should.containEql({ id: sensorId, owner: gatewayId, mtime: String(startMs) })
      data.should.not.have.property('seriesPack')
      String(data['series']).should.match(/^series\.sensor\.[\w-]{6}$/)
    }
  })

  it('answers later writes with the series, for a list with all of it as seriesPack', () => {
    const { call, clock } = visitWithSensor()
    const first = call('PUT', path, { value: '36.5', time: startMs })
    clock.nowMs += 1000
    const leaf = {
      type: 'series',
      srcType: 'temperature',
      srcCategory: 'sensor',
      srcDbType: 'sensor',
      series: sensorId,
      owner: gatewayId,
      sensor: sensorId,
      mtime: String(clock.nowMs),
      ctime: String(startMs),
      id: first.data['series'],
    }
    const single = call('PUT', path, { value: '36.4', time: startMs + 1 })
    single.data.should.eql({ ...leaf, value: '36.4', time: String(startMs + 1) })
    const pack = [
      { value: '36.3', time: startMs + 2 },
      { value: '36.2', time: startMs + 3 },
    ]
    call('PUT', path, pack).data.should.eql({ ...leaf, value: '36.2', time: String(startMs + 3), seriesPack: pack })
  })

  for (const body of [
    {},
    [],
    { value: '1' },
    { time: 1 },
    { value: 1, time: 1 },
    { value: true, time: 1 },
    { value: '1', time: '1' },
    { value: '1', time: 1.5 },
    { value: '1', time: 1, test: 'test' },
    [
      { value: '1', time: 1 },
      { value: 2, time: 2 },
    ],
  ]) {
    it(`refuses ${JSON.stringify(body)} with 400 SCHEMA_VALIDATE, and stores nothing of it`, () => {
      const { call, cloud } = visitWithSensor()
      const { status, code } = call('PUT', path, body)
      ;[status, code].should.eql([400, 'SCHEMA_VALIDATE'])
      cloud.state().should.containEql({ valuesAccepted: 0 })
    })
  }

  it('refuses a value older than the latest with 400 INVALID_INPUT, but looks at the schema first', () => {
    const { call } = visitWithSensor()
    call('PUT', path, { value: '1', time: 1000 })
    const { status, code } = call('PUT', path, { value: '1', time: 999 })
    ;[status, code].should.eql([400, 'INVALID_INPUT'])
    call('PUT', path, { value: 1, time: 999 }).code.should.equal('SCHEMA_VALIDATE')
  })

  it('refuses a value as old as the latest, unless told to take it', () => {
    for (const { equalTimes, status } of [
      { equalTimes: 'accept', status: 200 },
      { equalTimes: 'refuse', status: 400 },
      { equalTimes: undefined, status: 400 },
    ] as const) {
      const { call } = visitWithSensor(equalTimes && { equalTimes })
      call('PUT', path, { value: '1', time: 1000 })
      call('PUT', path, { value: '2', time: 1000 }).status.should.equal(status)
    }
  })

  for (const { pastInList, status, stored } of [
    { pastInList: 'atomic', status: 400, stored: [] },
    { pastInList: 'skip', status: 200, stored: ['1', '3', '4'] },
    { pastInList: 'stop', status: 400, stored: ['1', '3'] },
  ] as const) {
    it(`stores ${stored.length} of a list with one value in the past, with the option ${pastInList}`, () => {
      const { call, cloud } = visitWithSensor({ pastInList })
      call('PUT', path, values(1, 3, 2, 4)).status.should.equal(status)
      ;(cloud.points(sensorId) ?? []).map((point) => point.values['value']).should.eql(stored)
      cloud.state().should.containEql({ valuesAccepted: stored.length })
    })
  }

  it('takes 10,000 values in one request, and counts every one although it keeps fewer', () => {
    const { call, cloud } = visitWithSensor({ keptValues: 100 })
    call('PUT', path, values(...Array(10_000).keys())).status.should.equal(200)
    cloud.state().should.containDeep({ valuesAccepted: 10_000, sensors: [{ values: 10_000 }] })
    const kept = cloud.points(sensorId) ?? []
    ;[kept.length, kept[0]?.timeMs, kept.at(-1)?.timeMs].should.eql([100, 9900, 9999])
  })

  it('checks the kind of a value only when told to', () => {
    const cases = [
      { type: 'temperature', good: '36.5', bad: 'warm' },
      { type: 'onoff', good: '1', bad: '2' },
      { type: 'location', good: { lat: 1, lng: 2 }, bad: '1,2' },
      { type: 'string', good: 'warm', bad: { text: 'warm' } },
    ]
    for (const { type, good, bad } of cases) {
      const strict = visitWithSensor({ checkValueKind: true }, { ...newSensor, type })
      strict.call('PUT', path, { value: good, time: 1 }).status.should.equal(200)
      strict.call('PUT', path, { value: bad, time: 2 }).code.should.equal('INVALID_INPUT')
      visitWithSensor({}, { ...newSensor, type })
        .call('PUT', path, { value: bad, time: 1 })
        .status.should.equal(200)
    }
  })

  it('reads the latest value as an item and as a pair, value first', () => {
    const { call } = visitWithSensor()
    call('GET', path).data.should.eql({ data: [], _meta: { count: 0 } })
    call('PUT', path, { value: '26.10', time: 1000 })
    call('GET', path).body.should.eql({
      statusCode: 200,
      message: 'OK',
      data: {
        latest: { type: 'series', time: '1000', value: '26.10', mtime: String(startMs), ctime: String(startMs) },
        data: ['26.10', 1000],
        _meta: { count: 1 },
      },
    })
  })

  describe('read as a range', () => {
    const minute = 60_000
    const firstMs = Date.parse('2015-08-12T01:14:00.000Z')
    const series = ['1', '2', '6', '8'].map((value, index) => ({ value, time: firstMs + index * minute }))
    const read = (query: string, type = 'temperature') => {
      const { call } = visitWithSensor({}, { ...newSensor, type })
      call('PUT', path, series)
      return call('GET', `${path}?${query}`)
    }
    const start = 'dataStart=2015-08-12T01:14:00.000Z'

    it('is raw with interval=0, from dataStart inclusive to dataEnd exclusive', () => {
      read(`${start}&dataEnd=2015-08-12T01:16:00.000Z&interval=0`).data.should.containEql({
        data: ['1', firstMs, '2', firstMs + minute],
        _meta: { count: 2, dataStart: firstMs, dataEnd: firstMs + 2 * minute, interval: '0' },
      })
      read('dataStart=2015-08-12T10:15:00.000%2B09:00&interval=0&count=1').data.should.containEql({
        data: ['2', firstMs + minute],
      })
    })

    it('is the newest values with interval=0 and count alone', () => {
      read('interval=0&count=2').data.should.containEql({
        data: ['6', firstMs + 2 * minute, '8', firstMs + 3 * minute],
      })
    })

    it('is one number a step otherwise: the average, the sum or the count, every minute by default', () => {
      read(start).data.should.have.property('_meta').which.containEql({ interval: '1m', stat: 'average', count: 4 })
      const hour = Date.parse('2015-08-12T01:00:00.000Z')
      read(`${start}&interval=1h`).data.should.containEql({ data: [17 / 4, hour] })
      read(`${start}&interval=1h&intervalFunc=sum`).data.should.containEql({ data: [17, hour] })
      read(`${start}&interval=1h&intervalFunc=count`).data.should.containEql({ data: [4, hour] })
      read(`${start}&interval=1h`, 'string').data.should.containEql({ data: ['8', hour] })
    })

    it('is a statistic with statFunc, under its base time', () => {
      const btime = { year: 2015, month: 8, day: 12 }
      const statFunc = 'statFunc[id]=seriesStat&statFunc[timeUnit]=day&statFunc[subFunc]='
      read(`${start}&${statFunc}count`).data.should.containDeep({
        data: [{ count: 4, btime }],
        _meta: { gmt: 0, timeUnit: 'day', stats: ['count'], count: 1 },
      })
      read(`${start}&${statFunc}range`).data.should.containEql({ data: [{ range: 7, btime }] })
    })

    for (const query of [
      'interval=1m',
      `${start}&interval=soon`,
      'dataStart=yesterday',
      `${start}&intervalFunc=x`,
      'dataStart=2015-08-12T10:14:00.000+09:00',
      `${start}&count=many`,
    ]) {
      it(`refuses ${query} with 400 INVALID_INPUT`, () => {
        const { status, code } = read(query)
        ;[status, code].should.eql([400, 'INVALID_INPUT'])
      })
    }
  })

  it('finds any range among any values', () => {
    const times = fc.array(fc.nat(50), { maxLength: 60 }).map((list) => list.sort((one, other) => one - other))
    fc.assert(
      fc.property(times, fc.nat(55), fc.nat(55), fc.integer({ min: 1, max: 70 }), (sorted, from, to, limit) => {
        const store = new SeriesStore(limit)
        for (const time of sorted) store.append(time, String(time))
        const expected = sorted.slice(-limit).filter((time) => time >= from && time < to)
        store
          .range(from, to)
          .map(({ timeMs }) => timeMs)
          .should.eql(expected)
      }),
    )
  })
})
