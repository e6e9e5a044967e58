import fc from 'fast-check'
import should from 'should'
import { readEntries } from '../../lib/enos'
import { KnownPoints } from '../../lib/enos/known-points'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { FieldNode } from './field-node'

describe('A value whose type is known', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open()
  })
  afterEach(() => node.close())

  const table = (types: Record<string, object | string>, more: object = {}) =>
    node.start('enos-post-measurepoint', {
      valuesFrom: 'table',
      points: Object.entries(types).map(([id, type]) => ({
        id,
        source: `payload.${id}`,
        sourceType: 'msg',
        ...(typeof type === 'string' ? { type } : type),
      })),
      ...more,
    })

  it('is converted without a guess: numeric text, wide whole numbers, on and off, numbers for text', async () => {
    await table({
      a: 'DOUBLE',
      b: 'INT',
      c: 'INT',
      d: 'BOOL',
      e: 'BOOL',
      f: 'BOOL',
      g: 'STRING',
      h: 'STRING',
      i: 'INT',
    })
    await node.send({ a: ' 2.15e1', b: '12', c: 7n, d: 'on', e: 'FALSE', f: 1, g: 4711, h: '', i: [1, 0] })
    should(node.values()).deepEqual([
      { a: 21.5, b: 12, c: 7, d: true, e: false, f: 1, g: '4711', h: '', i: 4294967296 },
    ])
  })

  it('is refused where it does not fit, not only where it is a text', async () => {
    await table({ a: 'DOUBLE', b: 'INT', c: 'BOOL', d: 'STRING', e: 'ARRAY', f: 'INT', g: 'DOUBLE', ok: 'DOUBLE' })
    const bad = { a: true, b: 21.5, c: 2, d: { x: 1 }, e: 1, f: 12345678901234567890n, g: '12345678901234567890' }
    const { receipt } = await node.partly({ ...bad, ok: 1 })
    should(node.values()).deepEqual([{ ok: 1 }])
    should(receipt.rejected.map(({ point }) => point)).deepEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    should(receipt.rejected.map(({ reason }) => reason)).matchEach(/type|too large/)
  })

  it('is sent with a warning where it is out of the range that the model allows', async () => {
    await table({ a: { type: 'DOUBLE', minimum: -20, maximum: 60 }, b: { type: 'INT', minimum: 0 }, c: 'DOUBLE' })
    const receipt = await node.send({ a: 99, b: -1, c: 1e9 })
    should(node.values()).deepEqual([{ a: 99, b: -1, c: 1e9 }])
    should(receipt.warnings.map(({ point }) => point)).deepEqual(['a', 'b'])
    should(receipt.warnings[0]?.reason).match(/99 is above 60/)
  })

  it('has a decimal comma where the node is told so, and nowhere else', async () => {
    await table({ a: 'DOUBLE', b: 'DOUBLE' }, { decimalSign: 'comma' })
    const { receipt } = await node.partly({ a: '12,5', b: '12.5' })
    should(receipt.rejected.map(({ point }) => point)).deepEqual(['b'])
    await node.start('enos-post-measurepoint', { decimalSign: 'comma' })
    await node.send({ a: '-0,5', b: 'no, 5', c: 7 })
    await node.start('enos-post-measurepoint')
    await node.send({ a: '12,5' })
    should(node.values()).deepEqual([{ a: 12.5 }, { a: -0.5, b: 'no, 5', c: 7 }, { a: '12,5' }])
  })

  it('is checked before an outbox takes it', async () => {
    await table({ a: 'INT', b: 'INT' }, { outbox: 'outbox' })
    const heard = node.flow.next('caught')
    node.flow.send('node', { payload: { a: 1, b: 'BAD' } })
    should((await heard).error?.code).equal('PARTIAL_FAILURE')
    await node.untilDelivered(1)
    should(node.values()).deepEqual([{ a: 1 }])
  })

  it('takes its range from the file of a thing model', async () => {
    const { modelPoints, recogniseThingModel } = await Promise.resolve(
      require('../../lib/enos') as typeof import('../../lib/enos'),
    )
    const point = (minimum: number, maximum: number) => ({
      identifier: 'temp',
      $class: 'com.envisioniot.enos.model_service.share.data.tsl.measurepoint.TSLDoubleMeasurepoint',
      minimum,
      maximum,
    })
    const read = (minimum: number, maximum: number) => {
      const model = { thingModelId: 'm', thingMeasurepointMap: { temp: point(minimum, maximum) } }
      return modelPoints(recogniseThingModel(Buffer.from(JSON.stringify(model)), 'm.json'))[0]
    }
    should(read(-20, 60)).containEql({ dataType: 'DOUBLE', minimum: -20, maximum: 60 })
    should(read(0, 0)).not.have.property('minimum')
  })

  it('of a Thing+ sensor may be written with a comma, on and off, and is checked before an outbox takes it', async () => {
    const sensors = ['temperature', 'door'].map((id) => ({ id, source: `payload.${id}`, sourceType: 'msg', type: id }))
    await node.start('thingplus-send-value', { valuesFrom: 'table', sensors, decimalSign: 'comma', outbox: 'outbox' })
    const heard = node.flow.next('caught')
    node.flow.send('node', { payload: { temperature: '12,5', door: 'ajar' } })
    should((await heard).error?.message).match(/door/)
    await node.untilDelivered(1)
    const done = node.flow.completed('node')
    node.flow.send('node', { payload: { door: 'true' } })
    await done
    await node.untilDelivered(2)
  })

  it('of a Thing+ sensor gets a warning where it is the present time, as an inject node sends it', async () => {
    await node.start('thingplus-send-value', { sensorId: 'temperature', sensorIdType: 'str' })
    const receipts = (await node.send(Date.now())) as unknown as { warnings: { reason: string }[] }[]
    should(receipts[0]?.warnings[0]?.reason).match(/Unix time in milliseconds/)
    should((await node.flow.status('node', 'yellow')).text).equal('1 · 1 doubtful')
  })

  it('is, whatever it is, sent as its type or listed', async () => {
    const known = new KnownPoints(
      new Map([
        ['n', { dataType: 'DOUBLE' }],
        ['s', { dataType: 'STRING' }],
      ]),
      false,
    )
    const { ValueReport } = require('../../lib/message') as typeof import('../../lib/message')
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBigInt: true, withDate: true }), async (value) => {
        const report = new ValueReport('leave-out')
        const reading = { native: 'measurepoints', timeField: 'time', arrivalMs: Date.now(), report } as const
        const sent: Record<string, unknown> = {}
        const payload = { measurepoints: { n: value, s: value, ok: 1 } }
        const entries = readEntries(payload, { ...reading, points: () => known })
        await entries.each(({ values }) => Object.assign(sent, values))
        should(sent.ok).equal(1)
        if ('n' in sent) should(sent.n).be.a.Number().and.not.be.NaN()
        if ('s' in sent) should(sent.s).be.a.String()
        const listed = report.listed.map(({ point }) => point)
        should(listed.includes('n') && 'n' in sent).be.false()
      }),
    )
  })
})
