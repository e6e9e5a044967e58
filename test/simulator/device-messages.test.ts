import 'should'
import { logIn, publish, send, sendJson, simulatorFor } from './enos-client'

const device = (productKey: string, deviceKey: string, more = {}) => ({
  productKey,
  deviceKey,
  deviceSecret: 'ds54321',
  modelId: 'Typed',
  ...more,
})

const SEED = {
  enos: {
    models: [
      {
        modelId: 'Typed',
        measurepoints: {
          int: { dataType: 'INT' },
          double: { dataType: 'DOUBLE' },
          flag: { dataType: 'BOOL' },
          mode: { dataType: 'ENUM', dataDefinition: { enumDesc: { 0: 'off', 1: 'on' }, enumType: 'INT' } },
          text: { dataType: 'STRING', dataDefinition: '{"maxLength":5}' },
          list: { dataType: 'ARRAY', dataDefinition: { itemType: 'DOUBLE' } },
          place: { dataType: 'STRUCT', dataDefinition: { items: [{ identifier: 'x', dataType: 'INT' }] } },
          at: { dataType: 'TIMESTAMP' },
          day: { dataType: 'DATE' },
          good: { dataType: 'FLOAT', hasQuality: true },
        },
        attributes: { site: { dataType: 'STRING' }, kW: { dataType: 'INT' } },
        events: { hot: { outputData: [{ identifier: 'temp', dataType: 'DOUBLE' }] } },
      },
    ],
    devices: [
      device('pK11111', 'dK987654'),
      device('pkSub', 'sub1', { gateway: 'pK11111/dK987654' }),
      device('pkSub', 'stranger'),
    ],
  },
}

describe('Messages to the simulated device broker', () => {
  const simulator = simulatorFor({ seed: SEED })
  const url = () => simulator.current().url
  let sessionId: string

  beforeEach(async () => {
    sessionId = await logIn(url())
  })

  const send1 = async (topic: string, params: unknown, more = {}) =>
    (await publish(url(), sessionId, topic, params, more)).body
  const post = async (measurepoints: unknown, more = {}) =>
    (await send1('thing/measurepoint/post', { measurepoints, ...more })).code
  const enos = async () => (await send(`${url()}/_simulator/state`)).body.enos

  it('takes values that fit their type and refuses the others with 1204', async () => {
    const values: Record<string, { good: unknown[]; bad: unknown[] }> = {
      int: { good: [1, -3], bad: [1.5, '1', true] },
      double: { good: [1, 1.5], bad: ['1.02', null] },
      flag: { good: [true, 0], bad: [2, 'true'] },
      mode: { good: [1], bad: [2, '1'] },
      text: { good: ['abc'], bad: ['abcdef', 1] },
      list: { good: [[1, 2.5]], bad: [['1'], 1] },
      place: { good: [{ x: 1 }], bad: [{ x: 'a' }, { y: 1 }, 1] },
      at: { good: [1700000000000], bad: ['now'] },
      day: { good: ['2026-11-21 10:00:00'], bad: [1, '2026-11-21T10:00:00Z'] },
      good: { good: [{ value: 1.5, quality: 9 }], bad: [1.5, { value: 1, quality: 10 }, { value: 'x', quality: 0 }] },
      unknown: { good: [], bad: [1] },
    }
    for (const [id, { good, bad }] of Object.entries(values)) {
      for (const value of good) (await post({ [id]: value })).should.equal(200, `${id} ${JSON.stringify(value)}`)
      for (const value of bad) (await post({ [id]: value })).should.equal(1204, `${id} ${JSON.stringify(value)}`)
    }
  })

  it('refuses malformed messages with the documented codes', async () => {
    const topic = 'thing/measurepoint/post'
    const good = { measurepoints: { int: 1 } }
    const at = `${url()}/topic/sys/pK11111/dK987654/${topic}?sessionId=${sessionId}`
    const code = async (body: string, contentType = 'application/json') =>
      (await send(at, { method: 'POST', headers: { 'content-type': contentType }, body })).body.code
    const message = JSON.stringify({ version: '1.0', method: 'thing.measurepoint.post', params: good })
    ;(await code(message, 'application/octet-stream')).should.equal(200)
    ;(await code('{"id":')).should.equal(1220)
    ;(await code('')).should.equal(1251)
    ;(await code(message, 'text/plain')).should.equal(1220)
    ;(await send1(topic, good, { method: 'thing.measurepoint.resume' })).code.should.equal(1260)
    ;(await send1(topic, good, { version: undefined })).code.should.equal(1206)
    ;(await post({})).should.equal(1206)
    ;(await post({ int: 1 }, { time: '2026-11-21' })).should.equal(1206)
    ;(await send1('thing/nothing', good)).code.should.equal(1009)
    const other = await sendJson(at.replace('dK987654', 'other'), {})
    other.body.code.should.equal(1009)
    simulator.current().setOptions({ enos: { octetStreamJson: false } })
    ;(await code(message, 'application/octet-stream')).should.equal(1220)
  })

  it('refuses a message over 512 KB, with a code and HTTP status that are options', async () => {
    const large = { measurepoints: { text: 'x'.repeat(512 * 1024) } }
    const answer = await publish(url(), sessionId, 'thing/measurepoint/post', large)
    answer.status.should.equal(413)
    answer.body.code.should.equal(1008)
    simulator.current().setOptions({ enos: { tooLarge: { http: 200, code: 413 } } })
    const other = await publish(url(), sessionId, 'thing/measurepoint/post', large)
    other.status.should.equal(200)
    other.body.code.should.equal(413)
  })

  it('answers a missing or unknown session as the option says', async () => {
    for (const query of ['', '?sessionId=', '?sessionId=unknown']) {
      const answer = await sendJson(`${url()}/topic/sys/pK11111/dK987654/thing/measurepoint/post${query}`, {})
      answer.status.should.equal(200)
      answer.body.code.should.equal(401)
    }
    simulator.current().setOptions({ enos: { sessionReject: { http: 401, code: 1009 } } })
    const answer = await publish(url(), 'unknown', 'thing/measurepoint/post', {})
    answer.status.should.equal(401)
    answer.body.code.should.equal(1009)
  })

  it('accepts a batch as a whole or not at all, unless bad points may be skipped', async () => {
    const batch = [
      { measurepoints: { int: 1 }, time: 1 },
      { measurepoints: { int: 2, double: 'bad' }, time: 2 },
    ]
    ;(await send1('thing/measurepoint/post/batch', batch)).code.should.equal(1204)
    ;(await enos()).pointsAccepted.should.equal(0)
    ;(await send1('thing/measurepoint/resume/batch', batch, { skipInvalidMeasurepoints: true })).code.should.equal(200)
    const points = simulator.current().points('pK11111/dK987654')
    points?.should.eql([
      { timeMs: 1, values: { int: 1 }, channel: 'resume/batch' },
      { timeMs: 2, values: { int: 2 }, channel: 'resume/batch' },
    ])
    ;(await send1('thing/measurepoint/post/batch', [])).code.should.equal(1206)
  })

  it('takes points of sub-devices in the topology, offline ones only with allowOfflineSubDevice', async () => {
    const entry = (deviceKey: string) => [{ productKey: 'pkSub', deviceKey, measurepoints: { int: 1 }, time: 1 }]
    const batch = 'thing/measurepoint/post/batch'
    ;(await send1(batch, entry('sub1'))).code.should.equal(1212)
    ;(await send1(batch, entry('sub1'), { allowOfflineSubDevice: true })).code.should.equal(200)
    ;(await send1(batch, entry('stranger'), { allowOfflineSubDevice: true })).code.should.equal(1212)
    await logIn(url(), device('pkSub', 'sub1'))
    ;(await send1(batch, entry('sub1'))).code.should.equal(200)
    simulator.current().points('pkSub/sub1')?.should.have.length(2)
  })

  it('updates, queries and deletes attributes', async () => {
    ;(await send1('thing/attribute/update', { attributes: { site: 'A', kW: 5 } })).code.should.equal(200)
    ;(await enos()).attributesAccepted.should.equal(2)
    ;(await send1('thing/attribute/query', { attributes: [] })).data.should.eql({ site: 'A', kW: 5 })
    ;(await send1('thing/attribute/delete', { attributes: ['site'] })).code.should.equal(200)
    ;(await send1('thing/attribute/query', { attributes: ['site', 'kW'] })).data.should.eql({ kW: 5 })
    ;(await send1('thing/attribute/update', { attributes: { kW: 'five' } })).code.should.equal(1204)
    ;(await send1('thing/attribute/query', { attributes: ['nope'] })).code.should.equal(1204)
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`a${index}`, 1]))
    ;(await send1('thing/attribute/update', { attributes: many })).code.should.equal(1207)
    ;(await send1('thing/attribute/query', { attributes: Object.keys(many) })).code.should.equal(1208)
    ;(await send1('thing/attribute/delete', {})).code.should.equal(1209)
  })

  it('updates, queries and deletes tags', async () => {
    ;(await send1('thing/tag/update', [{ tagKey: 'line', tagValue: '7' }])).code.should.equal(200)
    ;(await send1('thing/tag/query', { tags: [] })).data.should.eql({ line: '7' })
    ;(await send1('thing/tag/delete', { tags: ['line'] })).code.should.equal(200)
    ;(await send1('thing/tag/query', { tags: ['line'] })).data.should.eql({})
    ;(await send1('thing/tag/update', [{ tagKey: 'a b', tagValue: '' }])).code.should.equal(1207)
  })

  it('accepts events of the model', async () => {
    ;(await send1('thing/event/hot/post', { events: { temp: 90.5 }, time: 1 })).code.should.equal(200)
    ;(await send1('thing/event/hot/post', { events: { temp: 'hot' } })).code.should.equal(1204)
    ;(await send1('thing/event/cold/post', { events: {} })).code.should.equal(1204)
    ;(await send1('thing/event/hot/post', { temp: 1 })).code.should.equal(1206)
    ;(await enos()).eventsAccepted.should.equal(1)
  })

  it('hears of firmware versions, and has no task for anyone', async () => {
    ;(await send1('ota/device/inform', { version: '1.2' })).code.should.equal(200)
    ;(await send1('ota/device/inform', {})).code.should.equal(1200)
    ;(await send1('ota/device/getversion', {})).should.containEql({ code: 200, data: [] })
    ;(await send1('ota/device/progress', { step: 40 })).code.should.equal(1200)
    ;(await send1('ota/device/progress', { step: '40' })).code.should.equal(764)
  })

  it('refuses times outside of a range that the options set', async () => {
    simulator.current().setOptions({ enos: { pointTimeRange: { pastMs: 1000, futureMs: 1000 } } })
    ;(await post({ int: 1 }, { time: 1 })).should.equal(1206)
    ;(await post({ int: 1 }, { time: Date.now() })).should.equal(200)
  })

  it('can end the earlier session on a new login', async () => {
    simulator.current().setOptions({ enos: { loginReplacesSession: true } })
    await logIn(url())
    ;(await post({ int: 1 })).should.equal(401)
  })
})
