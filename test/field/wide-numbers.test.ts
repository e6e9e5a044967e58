import fc from 'fast-check'
import should from 'should'
import { readEntries } from '../../lib/enos'
import { KnownPoints } from '../../lib/enos/known-points'
import { unpacked, ValueReport } from '../../lib/message'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { FieldNode } from './field-node'

const wide = '12345678901234567890'

describe('A whole number that JavaScript cannot hold, in JSON as MQTT brings it', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open()
  })
  afterEach(() => node.close())

  const forms = [(json: string) => json, (json: string) => Buffer.from(json)]

  it('is exact as text where the type of its point is not known, beside all others as they are', async () => {
    await node.start('enos-post-measurepoint')
    for (const form of forms)
      await node.send(
        form(`{"a": ${wide}, "b": -9007199254740993, "c": 9007199254740991, "d": 0.12345678901234567890, "e": 1E20,
          "f": "${wide}", "g": "\\"${wide}", "k${wide}": 1}`),
      )
    should(node.values()).matchEach({
      a: wide,
      b: '-9007199254740993',
      c: 9007199254740991,
      d: 0.12345678901234568,
      e: 1e20,
      f: wide,
      g: `"${wide}`,
      [`k${wide}`]: 1,
    })
  })

  it('is refused where its point takes numbers, and exact where it takes text', async () => {
    const known = new KnownPoints(
      new Map(['DOUBLE', 'INT', 'STRING'].map((dataType) => [dataType, { dataType }])),
      true,
    )
    const report = new ValueReport('leave-out')
    const reading = { native: 'measurepoints', timeField: 'time', arrivalMs: 1, report, points: () => known } as const
    const sent: unknown[] = []
    const entries = readEntries(`{"DOUBLE": ${wide}, "INT": ${wide}, "STRING": ${wide}}`, reading)
    await entries.each(({ values }) => sent.push(values))
    should(sent).deepEqual([{ STRING: wide }])
    should(report.listed.map(({ point }) => point)).deepEqual(['DOUBLE', 'INT'])
  })

  it('is refused inside of a list or a struct', async () => {
    await node.start('enos-post-measurepoint')
    const { receipt } = await node.partly(`{"ok": 1, "list": [1, ${wide}], "struct": {"x": {"y": ${wide}}}}`)
    should(receipt.rejected.map(({ point }) => point)).deepEqual(['list', 'struct'])
    should(receipt.rejected.map(({ reason }) => reason)).matchEach(
      new RegExp(`${wide} is too large to be held exactly`),
    )
    should(node.values()).deepEqual([{ ok: 1 }])
  })

  it('is text for Thing+, at once and through an outbox', async () => {
    for (const outbox of ['', 'outbox']) {
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str', outbox })
      const done = node.flow.completed('node')
      node.flow.send('node', { payload: `{"temperature": ${wide}, "string": [{"value": -${wide}}]}` })
      await done
      if (outbox) await node.untilDelivered(2)
    }
    const stored = ['temperature', 'string'].map((id) =>
      node.simulator.points(`87cd2a6e407511e7922eb724f8803770/${id}`),
    )
    should(JSON.stringify(stored).match(/-?12345678901234567890"/g)).have.length(4)
  })

  it('is a time in nanoseconds, or of digits in a row', async () => {
    const read = async (timeFormat: string, time: string) => {
      await node.start('enos-post-measurepoint', { timeFormat, timeZone: 'UTC' })
      await node.send(`{"a": 1, "time": ${time}}`)
      return node.points().at(-1)?.timeMs
    }
    should(await read('ns', '1772431200123456789')).equal(1_772_431_200_123)
    should(await read('', '20260302060000123')).equal(Date.UTC(2026, 2, 2, 6, 0, 0, 123))
    await node.start('enos-post-measurepoint')
    should((await node.refusal('{"a": 1, "ts": 1772431200123456789}'))?.message).match(/"ts" looks like its time/)
  })

  it('is the value of OPC UA and Sparkplug B too', async () => {
    await node.start('enos-post-measurepoint')
    await node.send(`{"a": {"value": {"dataType": "UInt64", "value": ${wide}}, "statusCode": 0}}`)
    await node.send(`{"metrics": [{"name": "a", "type": "UInt64", "value": ${wide}}]}`)
    should(node.values()).matchEach({ a: wide })
  })

  it('is no id, and said to be what it is', async () => {
    await node.start('enos-post-measurepoint', { channel: 'integration' })
    should((await node.refusal(`[{"assetId": ${wide}, "a": 1}]`))?.message).match(
      new RegExp(`"assetId" is the number ${wide}, which is not an id`),
    )
  })

  it('is not lost in a body whose pages are all fetched', async () => {
    await node.start('enos-call-api', { method: 'POST', path: '/connect-service/v2.1/devices', allPages: true })
    const error = await node.refusal(`{"action": "search", "wanted": ${wide}}`)
    should(error).match({ code: 'INPUT_INVALID', message: new RegExp(wide) })
  })

  it('changes nothing else of what JSON holds', () => {
    fc.assert(
      fc.property(fc.json(), fc.bigInt(), (json, integer) => {
        const read = unpacked(`{"a": ${json}, "b": [${integer}], "c": ${integer}}`) as Record<string, unknown>
        const exact = Number.isSafeInteger(Number(integer)) ? Number(integer) : integer
        const plain = JSON.parse(json, (_, value: unknown) => value) as unknown
        // What fast-check makes of a large double is written without its exponent.
        fc.pre(!/\d{16}/.test(json))
        should(read).deepEqual({ a: plain, b: [exact], c: exact })
      }),
    )
    should(unpacked('{"a": 0012345678901234567890}')).equal('{"a": 0012345678901234567890}')
    should(unpacked(`{"a": ${'9'.repeat(500)}}`)).deepEqual({ a: Number.POSITIVE_INFINITY })
  })
})
