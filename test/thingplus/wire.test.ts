import should from 'should'
import { readAnswer } from '../../lib/thingplus/answer'
import { tokenLifeMs, tokenPayload } from '../../lib/thingplus/jwt'
import { apiPath } from '../../lib/thingplus/path'
import { bracketQuery } from '../../lib/thingplus/query'
import { refusal } from '../../lib/thingplus/refusal'
import { inBodies } from '../../lib/thingplus/series'
import { seriesOf } from '../../lib/thingplus/series-read'
import { readGateway, readSensor, readStatus } from '../../lib/thingplus/types'

const seedToken =
  '2yJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiIxIiwiY2xpZW50SWQiOiJ0ZXN0Q2xpZW50SWQiLCJpYXQiOjE0OTU0MzYwMzksImV4cCI6MTUwMzIxMjAzOX0.dQ65zRCgRml96fTc8CDnExAukrFPSLd7NzDlUkf4eYk'

function answerOf(statusCode: number, body: unknown, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return readAnswer({ statusCode, headers, body: Buffer.from(text) }, 'GET /v2/sites')
}

const refusalOf = (statusCode: number, body: unknown, headers = {}) =>
  refusal(answerOf(statusCode, body, headers), 'GET /v2/sites', Date.parse('2026-11-21T00:00:00Z'))

describe('The life of a token', () => {
  it('is read from the payload of the guide’s own sample, whose header does not decode', () => {
    const payload = tokenPayload(seedToken)
    should(payload?.['clientId']).equal('testClientId')
    should(tokenLifeMs(payload ?? {}, 0)).equal(90 * 86_400_000)
  })

  it('is exp − iat, as numbers or numeric text, whatever this PC’s clock says', () => {
    should(tokenLifeMs({ iat: '1000', exp: '4600' }, 9e12)).equal(3_600_000)
  })

  it('is what is left of exp when iat makes no sense, and unknown when that makes none either', () => {
    should(tokenLifeMs({ exp: 4600 }, 1_000_000)).equal(3_600_000)
    should(tokenLifeMs({ iat: 9999, exp: 4600 }, 1_000_000)).equal(3_600_000)
    should(tokenLifeMs({ iat: 5000, exp: 4600 }, 5_000_000)).be.undefined()
    should(tokenLifeMs({}, 0)).be.undefined()
  })

  it('is unknown for a text that is no token', () => {
    for (const text of ['', 'opaque', 'a.b.c', 'a.bnVsbA.c']) should(tokenPayload(text)).be.undefined()
  })
})

describe('A query in bracket style', () => {
  it('nests names, repeats lists, leaves out what is undefined, and encodes all of it', () => {
    bracketQuery({
      embed: ['status', 'series'],
      filter: { name: 'GW & A', model: undefined },
      sensors: { series: { dataStart: '2026-11-21T00:00:00+09:00' } },
      count: 10,
    }).should.equal(
      'embed=status&embed=series&filter%5Bname%5D=GW%20%26%20A&sensors%5Bseries%5D%5BdataStart%5D=2026-11-21T00%3A00%3A00%2B09%3A00&count=10',
    )
  })
})

describe('A query that no URL can hold', () => {
  it('is refused by the name of its parameter', () => {
    for (const query of [{ filter: { name: 'a\uD800' } }, { embed: ['\uDFFF'] }, { '\uD800': 1 }])
      should(() => bracketQuery(query)).throw({
        code: 'INPUT_INVALID',
        message: /^The query parameter ".+" contains half of a/,
      })
  })
})

describe('A path', () => {
  it('carries its ids encoded', () => {
    const [gatewayId, sensorId] = ['a/b?c', 'temp (1)']
    apiPath`/gateways/${gatewayId}/sensors/${sensorId}/series`.should.equal(
      '/gateways/a%2Fb%3Fc/sensors/temp%20(1)/series',
    )
  })

  it('is refused with an id that would change it', () => {
    for (const id of ['', '.', '..', '\uD800']) should(() => apiPath`/gateways/${id}`).throw({ code: 'INPUT_INVALID' })
  })
})

describe('An answer', () => {
  it('is read with and without its envelope', () => {
    should(answerOf(200, { statusCode: 200, message: 'OK', data: [{ id: '1' }], _meta: { total: '1' } })).containDeep({
      data: [{ id: '1' }],
      meta: { total: '1' },
    })
    should(answerOf(200, [{ id: '1' }]).data).deepEqual([{ id: '1' }])
    should(answerOf(200, { id: '1', data: [] }).data).deepEqual({ id: '1', data: [] })
    should(answerOf(204, '').data).be.undefined()
  })

  it('counts by its envelope where HTTP says 200 and the envelope does not', () => {
    answerOf(200, { statusCode: 404, message: 'Not Found', errors: [{ code: 'NOT_FOUND' }] }).statusCode.should.equal(
      404,
    )
    answerOf(201, { statusCode: 200, message: 'OK', data: {} }).statusCode.should.equal(201)
  })

  it('of a success that is no JSON is an error', () => {
    for (const body of ['{"statusCode":200,"da', '<html>']) {
      should(() => answerOf(200, body)).throw({ code: 'RESPONSE_UNREADABLE', statusCode: 200 })
    }
  })
})

describe('A refusal of the cloud', () => {
  const enveloped = (code: string, statusCode: number) => ({ statusCode, message: 'No', errors: [{ code }] })
  const meanings: [statusCode: number, cloudCode: string, code: string][] = [
    [400, 'SCHEMA_VALIDATE', 'VALIDATION_REFUSED'],
    [400, 'INVALID_INPUT', 'VALIDATION_REFUSED'],
    [400, 'MISMATCH_ERROR', 'VALIDATION_REFUSED'],
    [401, 'NEED_LOGIN', 'AUTH_EXPIRED'],
    [403, 'ACCESSGROUP_DENY', 'PERMISSION_DENIED'],
    [403, 'ACL_DENY', 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND', 'NOT_FOUND'],
    [409, 'CONFLICT', 'CONFLICT'],
    [471, 'BILLING', 'BILLING_LIMIT'],
    [500, 'QUERY_RESULT_EMPTY', 'NOT_FOUND'],
    [500, 'INTERNAL_ERROR', 'CLOUD_ERROR'],
    [504, 'PROCESS_COMMAND_RESULT', 'CLOUD_ERROR'],
    [207, 'CONFLICT', 'PARTIAL_FAILURE'],
    [429, 'UNKNOWN', 'THROTTLED'],
    [418, 'NEW_CODE', 'VALIDATION_REFUSED'],
    [600, 'NEW_CODE', 'CLOUD_ERROR'],
  ]
  for (const [statusCode, cloudCode, code] of meanings) {
    it(`with ${statusCode} ${cloudCode} is ${code} and keeps the cloud’s code`, () => {
      should(refusalOf(statusCode, enveloped(cloudCode, statusCode))).have.properties({ code, statusCode, cloudCode })
    })
  }

  const bare: [statusCode: number, body: unknown, code: string][] = [
    [401, 'Access denied', 'AUTH_EXPIRED'],
    [403, '<html>Forbidden</html>', 'PERMISSION_DENIED'],
    [413, '', 'TOO_LARGE'],
    [471, '', 'BILLING_LIMIT'],
    [444, '', 'CLOUD_ERROR'],
    [502, '<html>Bad gateway</html>', 'CLOUD_ERROR'],
    [302, '', 'CONFIG_INVALID_URL'],
    [404, { code: 'NOT_FOUND', message: 'v1 has no envelope' }, 'NOT_FOUND'],
  ]
  for (const [statusCode, body, code] of bare) {
    it(`with ${statusCode} and ${JSON.stringify(body)} is ${code}`, () => {
      should(refusalOf(statusCode, body)).have.properties({ code, statusCode })
    })
  }

  it('keeps how long the cloud asks to wait, in seconds or as a date', () => {
    should(refusalOf(429, '', { 'retry-after': '7' })).have.properties({ code: 'THROTTLED', retryAfterMs: 7000 })
    should(refusalOf(429, '', { 'retry-after': 'Sat, 21 Nov 2026 00:00:05 GMT' })).have.property('retryAfterMs', 5000)
    should(refusalOf(429, '', { 'retry-after': 'soon' }).retryAfterMs).be.undefined()
  })

  it('never repeats a token that the cloud echoes', () => {
    refusalOf(403, { name: 'JsonWebTokenError', message: `jwt malformed: ${seedToken}` }).message.should.not.containEql(
      'eyJ1c2VySWQi',
    )
  })
})

describe('Items', () => {
  it('are read the same from numbers and from numeric text', () => {
    const asText = { id: '8', name: 'GW', model: '52', _site: '1', _service: '1', reportInterval: '300000', mtime: '1' }
    const asNumbers = { ...asText, model: 52, _site: 1, reportInterval: 300000, mtime: 1 }
    readGateway(asNumbers).should.deepEqual(readGateway(asText))
    readGateway(asText).should.deepEqual({
      id: '8',
      name: 'GW',
      model: '52',
      siteId: '1',
      serviceId: '1',
      reportIntervalMs: 300_000,
    })
  })

  it('without an id are no items', () => {
    for (const data of [undefined, null, 'Access denied', {}, []]) {
      should(() => readSensor(data)).throw({ code: 'RESPONSE_UNREADABLE' })
    }
  })

  it('yield a status from the leaf, from its parent, and none from the parent of a first write', () => {
    const leaf = {
      type: 'status',
      value: 'on',
      time: '1495703469608',
      vtime: '1495703469608',
      expireAt: '1495703919608',
    }
    const status = { value: 'on', timeMs: 1495703469608, changedMs: 1495703469608, expiresAtMs: 1495703919608 }
    readStatus(leaf).should.deepEqual(status)
    readStatus({ id: '8', name: 'GW', status: leaf }).should.deepEqual(status)
    readStatus({ id: '8', type: 'temperature', status: 'status.sensor.0uRmI2' }).should.deepEqual({})
    readStatus({ ...leaf, expireAt: '-1' }).should.not.have.property('expiresAtMs')
  })
})

describe('A series', () => {
  const latest = { type: 'series', time: '1513226803332', value: '26.10' }
  const point = { timeMs: 1513226803332, value: '26.10' }

  it('is read from every shape the cloud has used', () => {
    seriesOf({ latest, data: ['26.00', 1513226803331, '26.10', 1513226803332], _meta: { count: 2 } }).should.deepEqual({
      points: [{ timeMs: 1513226803331, value: '26.00' }, point],
      latest: point,
    })
    seriesOf(latest).should.deepEqual({ points: [point], latest: point })
    seriesOf({ id: '1', type: 'temperature', series: latest }).should.deepEqual({ points: [point], latest: point })
    seriesOf({ id: '1', series: { ...latest, data: ['26.10', '1513226803332'] } }).points.should.deepEqual([point])
    seriesOf(['26.10', 1513226803332]).should.deepEqual({ points: [point] })
    seriesOf({ ...latest, seriesPack: [{ value: '26.10', time: 1513226803332 }] }).points.should.deepEqual([point])
  })

  it('keeps objects as values', () => {
    seriesOf({ data: [{ lat: 1, lng: 2 }, 1513226803332] }).points.should.deepEqual([
      { timeMs: 1513226803332, value: { lat: 1, lng: 2 } },
    ])
  })

  it('is empty where nothing was ever sent, and for a range that holds nothing', () => {
    seriesOf({ id: '1', type: 'temperature', name: 'T' }).should.deepEqual({ points: [] })
    seriesOf({ id: '1', series: 'series.sensor.tOZhgI' }).should.deepEqual({ points: [] })
    seriesOf({ latest, data: [] }).points.should.deepEqual([])
  })

  it('that is torn is an error', () => {
    should(() => seriesOf(['26.10', 1513226803332, '26.20'])).throw({ code: 'RESPONSE_UNREADABLE' })
  })
})

describe('The bodies of a long series', () => {
  it('hold all entries in order, each below the limit', () => {
    const entries = Array.from({ length: 1000 }, (_, index) => ({
      value: String(index),
      time: 1_500_000_000_000 + index,
    }))
    const parts = inBodies(entries, 4096)
    parts.length.should.be.above(1)
    parts.flat().should.deepEqual(entries)
    for (const part of parts) Buffer.byteLength(JSON.stringify(part)).should.be.belowOrEqual(4096)
  })

  it('hold an entry that is too large by itself alone', () => {
    const large = { value: 'x'.repeat(100), time: 1_500_000_000_000 }
    inBodies([large, large], 50).should.deepEqual([[large], [large]])
  })
})
