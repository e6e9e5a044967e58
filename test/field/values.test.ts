import fc from 'fast-check'
import should from 'should'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { patienceMs } from '../patience'
import { FieldNode, type Rejected } from './field-node'

describe('A value that cannot be sent', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open()
  })
  afterEach(() => node.close())

  const ways = [
    { channel: 'device', stream: 'pK11111/dK987654' },
    { channel: 'integration', stream: 'asset-1' },
  ]
  for (const { channel, stream } of ways) {
    it(`takes none of its neighbours with it on the ${channel} channel, and is listed in the receipt`, async () => {
      await node.start('enos-post-measurepoint', { channel })
      const { receipt, error } = await node.partly({ a: 1, bad: Number.NaN })
      should(node.values(stream)).deepEqual([{ a: 1 }])
      should(receipt.points).equal(1)
      should(receipt.rejected).have.length(1)
      should(receipt.rejected[0]).containEql({ point: 'bad' })
      should(receipt.rejected[0]?.reason).match(/^NaN is not a number/)
      should(error?.code).equal('PARTIAL_FAILURE')
      should(error?.message).match(/One value can't be sent.*"bad": NaN is not a number/s)
      should(error?.cause).containEql({ rejected: receipt.rejected, rejectedCount: 1 })
    })

    it(`takes none of its neighbours with it through an outbox of the ${channel} channel, and is in its figures`, async () => {
      await node.start('enos-post-measurepoint', { channel, outbox: 'outbox' })
      const [done, heard] = [node.flow.completed('node'), node.flow.next('caught')]
      node.flow.send('node', { payload: [{ a: 1 }, { a: 2, bad: Number.POSITIVE_INFINITY }] })
      should((await heard).error?.code).equal('PARTIAL_FAILURE')
      await done
      await node.untilDelivered(2)
      should(node.values(stream)).deepEqual([{ a: 1 }, { a: 2 }])
      const { rejected, lastRejected } = (await node.lane()) ?? {}
      should(rejected).equal(1)
      should(lastRejected?.[0]).containEql({ row: 1, point: 'bad' })
      should((await node.flow.status('node', 'yellow')).text).equal('1 left out')
    })
  }

  it('is told to stand beside the values of the native form, where it was forgotten', async () => {
    await node.start('enos-post-measurepoint')
    const { receipt } = await node.partly([
      { measurepoints: { a: 1 }, b: 2, time: 1_700_000_000_000, note: '' },
      { measurepoints: { a: 2 }, time: 1_700_000_001_000 },
    ])
    should(node.values('pK11111/dK987654')).deepEqual([{ a: 1 }, { a: 2 }])
    should(receipt.rejected).match([{ row: 0, point: 'b', reason: /is beside "measurepoints"/ }])
    should(receipt.rejected).have.length(1)
  })

  it('is told to stand beside them, too, where it is a time that the node is not set to', async () => {
    await node.start('enos-post-measurepoint', { timeField: 'ts' })
    const { receipt } = await node.partly([{ measurepoints: { a: 1 }, ts: 1_700_000_000_000, time: 1_700_000_009_000 }])
    should(receipt.rejected).match([{ row: 0, point: 'time' }])
  })

  it('shows its count on a yellow badge, and the green one comes back with a good message', async () => {
    await node.start('enos-post-measurepoint')
    await node.partly([{ a: 1, b: 2 }, { a: Number.NaN, b: () => 1 }, { a: 3 }])
    should((await node.flow.status('node', 'yellow')).text).equal('3 · 2 left out')
    await node.flow.run('node', { payload: { a: 1 } })
    should((await node.flow.status('node', 'green')).text).equal('1 point')
  })

  it('is heard of once by a Catch node and lets a Complete node tell that the message was accepted', async () => {
    await node.start('enos-post-measurepoint')
    const done = node.flow.completed('node')
    await node.partly(Array.from({ length: 250 }, (_, n) => ({ n, bad: Number.NaN })))
    await done
    should(node.flow.received('caught')).have.length(1)
  })

  it('is listed up to a hundred times, and counted beyond', async () => {
    await node.start('enos-post-measurepoint')
    const { receipt, error } = await node.partly(Array.from({ length: 1_000 }, (_, n) => ({ n, bad: Number.NaN })))
    should(receipt.points).equal(1_000)
    should(receipt.rejected).have.length(100)
    should(receipt.rejectedCount).equal(1_000)
    should(error?.message).match(/And 997 more/)
  })

  it('fails the message where nothing else is in it, with the first reason', async () => {
    await node.start('enos-post-measurepoint')
    const error = await node.refusal([{ a: Number.NaN }, { b: new Map(), c: () => 1 }])
    should(error?.code).equal('INPUT_INVALID')
    should(error?.message).match(/entry 0, "a": NaN/i)
    should(node.flow.received('out')).be.empty()
    should(node.flow.received('caught')).have.length(1)
  })

  it('refuses the whole message where the node is set so', async () => {
    await node.start('enos-post-measurepoint', { unsendable: 'refuse' })
    should((await node.refusal([{ a: 1 }, { a: 2, bad: Number.NaN }]))?.code).equal('INPUT_INVALID')
    should(node.values()).be.empty()
  })

  it('refuses the whole message in a flow that was made before there was a choice', async () => {
    await node.start('enos-post-measurepoint', { settingsVersion: 2 }, {})
    should((await node.refusal({ a: 1, bad: Number.NaN }))?.code).equal('INPUT_INVALID')
  })

  it('leaves out a row whose time or device is wrong, with all its values, and no other', async () => {
    await node.start('enos-post-measurepoint')
    const rows = [
      { a: 1 },
      { a: 2, time: 'yesterday' },
      { a: 3, deviceKey: 'half' },
      { a: 4, assetId: 'asset-1' },
      'text',
      { a: 6 },
    ]
    const { receipt } = await node.partly(rows)
    should(node.values()).deepEqual([{ a: 1 }, { a: 6 }])
    should(receipt.rejected.map(({ row, point }) => [row, point])).deepEqual(
      [1, 2, 3, 4].map((row) => [row, undefined]),
    )
  })

  it('is left out of attributes and of events alike', async () => {
    for (const [type, counted] of [
      ['enos-update-attribute', 'attributes'],
      ['enos-post-event', 'parameters'],
    ] as const) {
      for (const channel of ['device', 'integration']) {
        await node.start(type, { channel })
        const { receipt, error } = await node.partly({ a: 1, bad: Number.NaN, none: null })
        should(receipt).containEql({ [counted]: 1, rejectedCount: 1 })
        should(error?.code).equal('PARTIAL_FAILURE')
      }
    }
  })

  describe('because nothing was measured', () => {
    it('is passed over without a word: null, undefined and blank cells', async () => {
      await node.start('enos-post-measurepoint')
      const rows: object[] = Array.from({ length: 1_000 }, (_, n) => ({ n }))
      rows[500] = { n: null }
      const { payload } = await node.flow.run('node', { payload: rows })
      should(payload).deepEqual({ points: 999, entries: 999, requests: 1 })
      await node.flow.run('node', {
        payload: { measurepoints: { a: 'x', b: '', c: ' \t', d: undefined, e: null, f: '\u3000' } },
      })
      should(node.values().at(-1)).deepEqual({ a: 'x' })
      should(node.flow.received('caught')).be.empty()
    })

    it('makes an empty message where there is nothing else', async () => {
      await node.start('enos-post-measurepoint')
      for (const payload of [{ a: null }, [{ a: '' }, { b: undefined }], [null], [{}], { measurepoints: { a: ' ' } }]) {
        should((await node.refusal(payload))?.code).equal('INPUT_EMPTY')
      }
    })
  })

  describe('in a table', () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      id,
      source: `payload.${id}`,
      sourceType: 'msg',
      type: 'DOUBLE',
    }))

    it('is left out where its row is a number and its text is none; a blank text is no value', async () => {
      await node.start('enos-post-measurepoint', { valuesFrom: 'table', points: rows })
      const { receipt } = await node.partly({ a: '21.5', b: 'BAD', c: '', d: '12,5', e: Number.NaN })
      should(node.values()).deepEqual([{ a: 21.5 }])
      should(receipt.rejected.map(({ point }) => point)).deepEqual(['b', 'd', 'e'])
      should(receipt.rejected[0]?.reason).match(/"BAD" is not a number, and the type is DOUBLE/)
    })

    it('fails the message where no row has another', async () => {
      await node.start('enos-post-measurepoint', { valuesFrom: 'table', points: rows })
      should((await node.refusal({ a: 'BAD', b: null }))?.message).match(/"a": "BAD" is not a number/)
      should((await node.refusal({ a: '', b: null }))?.code).equal('INPUT_EMPTY')
    })
  })

  describe('to Thing+', () => {
    const sensors = { sensorId: '', sensorIdType: 'str' }
    const series = async (sensorId: string) => {
      const state = (await (await fetch(`${node.simulator.url}/_simulator/state`)).json()) as {
        thingplus: { sensors: { id: string; values: number }[] }
      }
      return state.thingplus.sensors.find(({ id }) => id === sensorId)?.values
    }

    it('takes neither its neighbours nor other sensors with it, and is listed in its receipt', async () => {
      await node.start('thingplus-send-value', sensors)
      const { receipt, error } = await node.partly({
        temperature: [21.5, 'unavailable', null, { value: 22, time: 'x' }],
        door: 'BAD',
        string: 'ok',
        location: null,
      })
      const receipts = receipt as unknown as { sensorId: string; accepted: number; rejected?: Rejected[] }[]
      should(receipts.map(({ sensorId, accepted }) => [sensorId, accepted])).deepEqual([
        ['temperature', 1],
        ['door', 0],
        ['string', 1],
      ])
      should(receipts[0]?.rejected?.map(({ row, point }) => [row, point])).deepEqual([
        [1, 'temperature'],
        [3, 'temperature'],
      ])
      should(receipts[0]?.rejected?.[0]?.reason).match(/"unavailable".*takes a number/)
      should(receipts[1]?.rejected).have.length(1)
      should(error?.code).equal('PARTIAL_FAILURE')
      should(error?.message).match(/"door": the value \("BAD"\)/)
      should((await node.flow.status('node', 'yellow')).text).equal('2 · 3 left out')
      should(await series('temperature')).equal(1)
    })

    it('is left out through an outbox, and is in its figures', async () => {
      await node.start('thingplus-send-value', { ...sensors, outbox: 'outbox' })
      const heard = node.flow.next('caught')
      node.flow.send('node', { payload: { temperature: [21.5, Number.NaN, null], door: true } })
      should((await heard).error?.code).equal('PARTIAL_FAILURE')
      await node.untilDelivered(2)
      should(await node.lane()).containEql({ rejected: 1 })
    })

    it('fails the message where nothing else is in it', async () => {
      await node.start('thingplus-send-value', sensors)
      should((await node.refusal({ temperature: 'unavailable' }))?.code).equal('INPUT_INVALID')
      should((await node.refusal({ temperature: null, door: '' }))?.code).equal('INPUT_EMPTY')
    })
  })

  it('is listed, each one, and all that is good arrives, whatever else a message holds', async () => {
    await node.start('enos-post-measurepoint')
    const good = fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom('on', '4711'), fc.constant({ a: [1] }))
    const bad = fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY, Symbol('s'), new Map([[1, 2]]), {
      deep: [Number.NaN],
    })
    const none = fc.constantFrom(null, undefined, '', '  ')
    const cell = fc.oneof(
      good.map((value) => ({ kind: 'good', value: value as unknown })),
      bad.map((value) => ({ kind: 'bad', value: value as unknown })),
      none.map((value) => ({ kind: 'none', value: value as unknown })),
    )
    const table = fc.array(fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), cell, { minKeys: 1 }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(table, async (cells) => {
        const before = node.values().length
        const of = (kind: string) =>
          cells.flatMap((row, index) =>
            Object.entries(row).flatMap(([point, { kind: its, value }]) =>
              its === kind ? [{ row: index, point, value }] : [],
            ),
          )
        const payload = cells.map((row) =>
          Object.fromEntries(Object.entries(row).map(([point, { value }]) => [point, value])),
        )
        if (of('good').length === 0) {
          should((await node.refusal(payload))?.code).equal(of('bad').length > 0 ? 'INPUT_INVALID' : 'INPUT_EMPTY')
          return
        }
        const out = node.flow.next('out')
        node.flow.send('node', { payload })
        const { payload: receipt } = await out
        const arrived = node
          .values()
          .slice(before)
          .flatMap((values) => Object.entries(values))
        should(arrived).deepEqual(of('good').map(({ point, value }) => [point, value]))
        const rejected = (receipt as { rejected?: Rejected[] }).rejected ?? []
        should(rejected.map(({ row, point }) => ({ row, point }))).deepEqual(
          of('bad').map(({ row, point }) => ({ row, point })),
        )
      }),
      { numRuns: 60 },
    )
  }).timeout(patienceMs)
})
