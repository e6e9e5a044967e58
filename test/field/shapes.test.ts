import fc from 'fast-check'
import should from 'should'
import { wideInteger } from '../../lib/message'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { FieldNode } from './field-node'

const minute = 60_000
/** node-opcua's own objects are of classes. */
class StatusCode {
  constructor(
    readonly _value: number,
    readonly _name: string,
  ) {}
}
class DataValue {
  constructor(
    readonly value: unknown,
    readonly statusCode: unknown,
    readonly sourceTimestamp: unknown,
  ) {}
}
const good = new StatusCode(0, 'Good')
const bad = { value: 0x80350000, name: 'BadAttributeIdInvalid' }
const double = (value: unknown) => ({ dataType: 'Double', arrayType: 'Scalar', value })

describe('Values as the field delivers them', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open()
  })
  afterEach(() => node.close())

  describe('by OPC UA', () => {
    it('are taken with their own time, as objects of node-opcua and as JSON', async () => {
      await node.start('enos-post-measurepoint')
      const at = Math.floor(Date.now() / 1000) * 1000
      await node.send({
        a: new DataValue(double(21.5), good, new Date(at - minute)),
        b: { value: double(7), statusCode: { value: 0 }, sourceTimestamp: new Date(at - 2 * minute).toISOString() },
        c: { dataType: 11, value: 3.5 },
        d: 4,
        e: { value: 5, statusCode: 'Good', sourceTimestamp: new Date(at - minute) },
      })
      const points = node.points().sort((one, other) => one.timeMs - other.timeMs)
      should(points.map(({ values }) => values)).deepEqual([{ b: 7 }, { a: 21.5, e: 5 }, { c: 3.5, d: 4 }])
      should(points.slice(0, 2).map(({ timeMs }) => timeMs)).deepEqual([at - 2 * minute, at - minute])
    })

    it('are left out where their status is bad, and sent with a warning where it is uncertain', async () => {
      await node.start('enos-post-measurepoint')
      const { receipt } = await node.partly({
        a: 1,
        b: new DataValue(double(99), new StatusCode(0x80050000, 'BadCommunicationError'), new Date()),
        c: { statusCode: bad, sourceTimestamp: new Date().toISOString() },
        d: { value: double(2), statusCode: { value: 0x40920000, name: 'UncertainSubNormal' } },
        e: { value: double(3), statusCode: 'of the house' },
        f: { value: double(null), statusCode: good },
      })
      should(Object.assign({}, ...node.values())).deepEqual({ a: 1, d: 2 })
      should(receipt.rejected.map(({ point }) => point)).deepEqual(['b', 'c', 'e'])
      should(receipt.rejected[0]?.reason).match(/OPC UA status is BadCommunicationError/)
      should(receipt.warnings).have.length(1)
      should(receipt.warnings[0]?.point).equal('d')
      should(receipt.warnings[0]?.reason).match(/UncertainSubNormal/)
    })

    it('shows a warning on a yellow badge, and no Catch node hears of it', async () => {
      await node.start('enos-post-measurepoint')
      await node.send({ d: { value: double(2), statusCode: 0x40000000 } })
      should((await node.flow.status('node', 'yellow')).text).equal('1 · 1 doubtful')
      should(node.flow.received('caught')).be.empty()
    })

    it('are whole numbers of 64 bits, lists and texts in several languages', async () => {
      await node.start('enos-post-measurepoint')
      await node.send({
        a: { dataType: 'Int64', value: [0xffffffff, 0xfffffffe] },
        b: { dataType: 'UInt64', value: [1, 2] },
        c: { dataType: 8, value: '-77' },
        d: { dataType: 'Double', arrayType: 'Array', value: new Float64Array([1.5, 2]) },
        e: { dataType: 'LocalizedText', value: { locale: 'de', text: 'bereit' } },
        f: { dataType: 'DateTime', value: new Date(1_700_000_000_000) },
      })
      should(node.values()).deepEqual([
        { a: -2, b: 2 ** 32 + 2, c: -77, d: [1.5, 2], e: 'bereit', f: 1_700_000_000_000 },
      ])
    })

    it('belong to the point of the node, one or a list of them', async () => {
      await node.start('enos-post-measurepoint', { point: 'temperature', pointType: 'str' })
      const at = Date.now() - minute
      await node.send(new DataValue(double(1), good, new Date(at)))
      await node.send([2, 3].map((n) => new DataValue(double(n), good, new Date(at + n))))
      should(node.points().map(({ timeMs, values }) => [timeMs - at, values])).deepEqual([
        [0, { temperature: 1 }],
        [2, { temperature: 2 }],
        [3, { temperature: 3 }],
      ])
    })

    it('are refused where nobody says of which point they are, and never points named value and statusCode', async () => {
      await node.start('enos-post-measurepoint')
      for (const payload of [new DataValue(double(1), good, new Date()), [{ value: double(1), statusCode: good }]]) {
        const error = await node.refusal(payload)
        should(error?.code).equal('INPUT_INVALID')
        should(error?.message).match(/point/)
      }
      should(node.values()).be.empty()
    })

    it('are attributes, and an event of the moment that they name', async () => {
      const at = Date.now() - minute
      const payload = { a: { value: double(1), statusCode: good, sourceTimestamp: new Date(at) }, b: 2 }
      for (const [type, counted] of [
        ['enos-update-attribute', 'attributes'],
        ['enos-post-event', 'parameters'],
      ] as const) {
        await node.start(type, { channel: 'integration' })
        should(await node.send(payload)).containEql({ [counted]: 2, entries: 1 })
      }
    })

    it('are values of a Thing+ sensor, one or a list, and in a row', async () => {
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
      const at = Date.now() - 10 * minute
      const value = (n: number, status: unknown = good) => new DataValue(double(n), status, new Date(at + n))
      const { receipt } = await node.partly({ temperature: [value(1), value(2, bad), value(3)], string: value(4) })
      const receipts = receipt as unknown as { sensorId: string; accepted: number; firstTimeMs: number }[]
      should(receipts.map(({ sensorId, accepted, firstTimeMs }) => [sensorId, accepted, firstTimeMs - at])).deepEqual([
        ['temperature', 2, 1],
        ['string', 1, 4],
      ])
    })

    it('are rows of a table', async () => {
      await node.start('enos-post-measurepoint', {
        valuesFrom: 'table',
        points: [{ id: 'a', source: 'payload', sourceType: 'msg', type: 'DOUBLE' }],
      })
      await node.send(new DataValue(double(21.5), good, new Date(Date.now() - minute)))
      should(node.values()).deepEqual([{ a: 21.5 }])
    })
  })

  describe('as wide whole numbers', () => {
    it('are exact, as numbers where they fit, as text where they do not', async () => {
      await node.start('enos-post-measurepoint')
      await node.send({ a: 42n, b: 12345678901234567890n, c: { low: -1, high: 0, unsigned: false }, d: [1n, 2] })
      should(node.values()).deepEqual([{ a: 42, b: '12345678901234567890', c: 4294967295, d: [1, 2] }])
    })

    it('carry a quality as other numbers do, written with a comma too', async () => {
      await node.start('enos-post-measurepoint', { decimalSign: 'comma' })
      await node.send({ a: { value: 42n, quality: 0 }, b: { value: '12,5', quality: 1 } })
      should(node.values()).deepEqual([{ a: { value: 42, quality: 0 }, b: { value: 12.5, quality: 1 } }])
      const { receipt } = await node.partly({ ok: 1, a: { value: 12345678901234567890n, quality: 0 } })
      should(receipt.rejected[0]?.reason).match(/only a number can carry a quality/i)
    })

    it('are text for Thing+, whatever their size', async () => {
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
      await node.send({ temperature: 12345678901234567890n, string: { low: 1, high: 1, unsigned: true } })
      const sent = ['temperature', 'string'].map((id) =>
        node.simulator.points(`87cd2a6e407511e7922eb724f8803770/${id}`),
      )
      should(JSON.stringify(sent))
        .match(/12345678901234567890/)
        .and.match(/4294967297/)
    })

    it('read back as what they were', () => {
      fc.assert(
        fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
          const bits = BigInt.asUintN(64, integer)
          should(wideInteger(Number(bits >> 32n), Number(bits & 0xffffffffn), false)).equal(integer)
          should(wideInteger(Number(bits >> 32n) | 0, Number(bits & 0xffffffffn) | 0, true)).equal(bits)
        }),
      )
    })
  })

  describe('as bytes', () => {
    it('are refused with what to do, and never points named 0 and 1', async () => {
      await node.start('enos-post-measurepoint')
      for (const bytes of [
        Buffer.from([1, 0, 2]),
        { type: 'Buffer', data: [0, 200] },
        new Float32Array([1, 2]),
        new Uint8Array([0, 1]),
        new DataView(new ArrayBuffer(2)),
      ]) {
        should((await node.refusal(bytes))?.message).match(/buffer-parser|Array\.from/)
        const { receipt } = await node.partly({ ok: 1, bytes })
        should(receipt.rejected).have.length(1)
        should(receipt.rejected[0]?.point).equal('bytes')
      }
      should(node.values()).matchEach({ ok: 1 })
    })

    it('are refused by Thing+ nodes alike', async () => {
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
      for (const bytes of [Buffer.from([1, 0, 2]), { type: 'Buffer', data: [0, 200] }, new Float32Array([1, 2])]) {
        should((await node.refusal(bytes, { sensorId: 'temperature' }))?.message).match(/buffer-parser|Array\.from/)
        should((await node.refusal({ temperature: bytes }))?.message).match(/buffer-parser|Array\.from/)
      }
    })
  })

  describe('by MQTT', () => {
    it('are JSON in bytes or in a text, in every node that takes values', async () => {
      const payload = JSON.stringify({ a: 21.5, b: null })
      for (const [type, counted] of [
        ['enos-post-measurepoint', 'points'],
        ['enos-update-attribute', 'attributes'],
        ['enos-post-event', 'parameters'],
      ] as const) {
        await node.start(type, { channel: 'integration' })
        should(await node.send(Buffer.from(payload))).containEql({ [counted]: 1 })
        should(await node.send(`\uFEFF ${payload}`)).containEql({ [counted]: 1 })
        should(await node.send({ type: 'Buffer', data: [...Buffer.from(payload)] })).containEql({ [counted]: 1 })
      }
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
      await node.send(Buffer.from('{"temperature": [{"value": 21.5}]}'))
    })

    it('are single values of the topic', async () => {
      await node.start('enos-post-measurepoint')
      await node.send(Buffer.from('21.5'), { topic: 'temperature' })
      await node.send(' true', { topic: 'running' })
      should(node.values()).deepEqual([{ temperature: 21.5 }, { running: true }])
    })
  })

  describe('by Modbus', () => {
    it('are refused without a table, with the way to it, and never a wrong value', async () => {
      const reader = { payload: [230, 17], responseBuffer: { data: [230, 17], buffer: Buffer.from([0, 230, 0, 17]) } }
      await node.start('enos-post-measurepoint', { point: 'temperature', pointType: 'str' })
      should((await node.refusal(reader.payload, reader))?.message).match(
        /list of numbers .length 2.*Values from: a table/,
      )
      await node.start('thingplus-send-value', { sensorId: 'temperature', sensorIdType: 'str' })
      should((await node.refusal(reader.payload, reader))?.message).match(
        /list of numbers .length 2.*Values from: a table/,
      )
    })

    it('are taken by a table, register by register', async () => {
      const points = [0, 1].map((at) => ({ id: `r${at}`, source: `payload[${at}]`, sourceType: 'msg', type: 'INT' }))
      await node.start('enos-post-measurepoint', { valuesFrom: 'table', points })
      await node.send([230, 17], { responseBuffer: { data: [230, 17], buffer: Buffer.from([0, 230, 0, 17]) } })
      should(node.values()).deepEqual([{ r0: 230, r1: 17 }])
    })
  })

  describe('by Sparkplug B', () => {
    const at = Date.now() - 5 * minute
    const long = (n: number) => ({ low: (n % 2 ** 32) | 0, high: Math.floor(n / 2 ** 32), unsigned: true })

    it('are points by the names of the metrics, each at its time', async () => {
      await node.start('enos-post-measurepoint')
      const receipt = await node.send({
        timestamp: long(at),
        seq: 1,
        metrics: [
          { name: 'temperature', type: 'Double', value: 21.5, timestamp: at + 1 },
          { name: 'count', type: 'UInt64', value: long(2 ** 33), timestamp: at + 1 },
          { name: 'temperature', type: 10, value: 22, timestamp: at + 2 },
          { name: 'running', type: 'Boolean', value: true },
          { name: 'idle', type: 'Int32', isNull: true, value: 0 },
        ],
      })
      should(receipt.points).equal(4)
      should(node.points().map(({ timeMs, values }) => [timeMs - at, values])).deepEqual([
        [1, { temperature: 21.5, count: 2 ** 33 }],
        [2, { temperature: 22 }],
        [0, { running: true }],
      ])
    })

    it('may be a list of metrics, or one in a message', async () => {
      await node.start('enos-post-measurepoint')
      await node.send([{ name: 'a', type: 'Int32', value: 1, timestamp: at }])
      await node.send({ p: { name: 'a', type: 'Int32', value: 2, timestamp: at + 1 } })
      should(node.values()).deepEqual([{ a: 1 }, { p: 2 }])
    })

    it('are left out without a name or a single value', async () => {
      await node.start('enos-post-measurepoint')
      const { receipt } = await node.partly({
        timestamp: at,
        metrics: [
          { name: 'ok', type: 'Float', value: 1 },
          { alias: 7, type: 'Float', value: 1 },
          { name: 'table', type: 'DataSet', value: { rows: [] } },
        ],
      })
      should(node.values()).deepEqual([{ ok: 1 }])
      should(receipt.rejected.map(({ reason }) => /alias|DataSet/.test(reason))).deepEqual([true, true])
    })

    it('are values of Thing+ sensors by the names of the metrics', async () => {
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
      const receipts = (await node.send({
        timestamp: at,
        metrics: [1, 2].map((n) => ({ name: 'temperature', type: 'Double', value: n, timestamp: at + n })),
      })) as unknown as object[]
      should(receipts).containDeep([{ sensorId: 'temperature', accepted: 2, firstTimeMs: at + 1, lastTimeMs: at + 2 }])
    })
  })
})
