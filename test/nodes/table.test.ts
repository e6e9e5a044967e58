import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { outboxTypes } from './outbox'
import { configuration, gatewayId, seed, demoCredentials as thingplusCredentials, thingplusTypes } from './thingplus'

type Row = { id: string; source: string; sourceType?: string; type?: string }
const msgRow = (id: string, type = ''): Row => ({ id, source: `payload.${id}`, sourceType: 'msg', type })

describe('A node with a table', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
    folder = await newFolder('table')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    // The outbox stays open for a moment.
    await removeFolder(folder)
  })

  const start = async (node: Record<string, unknown>) => {
    flow = await startFlow(
      [...enosTypes, ...thingplusTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        configuration(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        {
          id: 'node',
          type: 'enos-post-measurepoint',
          channel: 'device',
          device: 'device',
          app: 'app',
          client: 'client',
          valuesFrom: 'table',
          wires: [['out']],
          ...node,
        },
      ],
      { ...demoCredentials, ...thingplusCredentials },
    )
  }
  const failure = async (msg: object) => {
    const caught = flow.next('caught')
    flow.send('node', msg)
    return (await caught).error ?? { message: '' }
  }

  describe('of measurement points', () => {
    const points = (stream = 'pK11111/dK987654') => simulator.points(stream) ?? []
    const values = () => points().map((point) => point.values)

    const sources: [type: string, source: string, value: unknown][] = [
      ['msg', 'payload.motor.temp', 21.5],
      ['msg', 'payload["pump-speed"]', 1480],
      ['flow', 'limit', 80],
      ['global', 'line', 'A7'],
      ['str', 'summer', 'summer'],
      ['num', '-3.5', -3.5],
      ['bool', 'true', true],
      ['jsonata', 'payload.motor.temp * 2', 43],
      ['env', 'TABLE_TEST_SITE', 'north'],
    ]
    for (const [sourceType, source, value] of sources) {
      it(`takes a value from ${sourceType}: ${source}`, async () => {
        process.env['TABLE_TEST_SITE'] = 'north'
        await start({ points: [{ id: 'p', source, sourceType }] })
        flow.node('node').context().flow.set('limit', 80)
        flow.node('node').context().global.set('line', 'A7')
        await flow.run('node', { payload: { motor: { temp: 21.5 }, 'pump-speed': 1480 } })
        delete process.env['TABLE_TEST_SITE']
        should(values()).deepEqual([{ p: value }])
      })
    }

    it('sends the values of all rows as one moment, whatever the message calls them', async () => {
      await start({ points: [{ id: 'temperature', source: 'payload[0]' }, msgRow('length')] })
      const { payload, topic } = await flow.run('node', { payload: [21.5, 3], topic: 'kept' })
      should(payload).deepEqual({ points: 2, entries: 1, requests: 1 })
      should(topic).equal('kept')
      should(values()).deepEqual([{ temperature: 21.5, length: 2 }])
    })

    it('dates them as the message came in, or by the time that the dialog names', async () => {
      const before = Date.now()
      await start({ points: [msgRow('a')], timeliness: 'post' })
      await flow.run('node', { payload: { a: 1, time: 5 } })
      should(points()[0]?.timeMs).be.within(before, Date.now())
      await stopFlow()
      await start({ points: [msgRow('a')], time: 'payload.read', timeType: 'msg', timeField: 'ignored' })
      await flow.run('node', { payload: { a: 2, read: '2026-01-31T08:00:00Z' } })
      should(points().map(({ timeMs }) => timeMs)).containEql(Date.UTC(2026, 0, 31, 8))
    })

    it('goes to the device that the dialog names on the integration channel', async () => {
      await start({ channel: 'integration', assetId: 'asset-1', assetIdType: 'str', points: [msgRow('a')] })
      await flow.run('node', { payload: { a: 1 } })
      should(points('asset-1').map((point) => point.values)).deepEqual([{ a: 1 }])
    })

    it('leaves out the rows whose source is missing in this message', async () => {
      await start({ points: ['a', 'b', 'deep.value'].map((id) => msgRow(id)) })
      const { payload } = await flow.run('node', { payload: { a: 1, b: null } })
      should(payload).have.property('points', 1)
      should(values()).deepEqual([{ a: 1 }])
    })

    it('fails where every source is missing, and names them', async () => {
      const rows = [msgRow('a'), { id: 'b', source: '$nothing', sourceType: 'jsonata' }]
      await start({ points: [...rows, { id: 'c', source: 'nowhere', sourceType: 'flow' }] })
      const { code, message } = await failure({ payload: 'text' })
      should(code).equal('INPUT_EMPTY')
      should(message).match(/msg\.payload\.a, JSONata \$nothing, flow\.nowhere\.$/)
    })

    it('sends numeric text as a number where the row is known to be one, and only there', async () => {
      await start({
        points: [msgRow('temp', 'DOUBLE'), msgRow('count', 'INT'), msgRow('code', 'STRING'), msgRow('raw')],
      })
      await flow.run('node', { payload: { temp: ' 21.50\r\n', count: '-4', code: '007', raw: '21.5' } })
      should(values()).deepEqual([{ temp: 21.5, count: -4, code: '007', raw: '21.5' }])
    })

    for (const text of ['n/a', '21,5', '0x1F', '1e999', '12 °C']) {
      it(`names row and value where a number is "${text}", and sends nothing`, async () => {
        await start({ points: [msgRow('ok'), msgRow('temp', 'DOUBLE')] })
        const { code, message } = await failure({ payload: { ok: 1, temp: text } })
        should(code).equal('INPUT_INVALID')
        should(message).equal(`The message, "temp": "${text}" is not a number, and the type is DOUBLE.`)
        should(values()).be.empty()
      })
    }

    it('checks each value as it does those of a message', async () => {
      await start({ points: [msgRow('temp', 'DOUBLE')] })
      should(await failure({ payload: { temp: Number.NaN } })).containEql({ code: 'INPUT_INVALID' })
    })

    const unusable: [title: string, rows: unknown, code: string, text: RegExp][] = [
      ['no rows', [], 'CONFIG_INCOMPLETE', /has no rows/],
      ['a row without an id', [msgRow('a'), { id: ' ', source: 'payload' }], 'CONFIG_INCOMPLETE', /Row 2 .* no id/],
      [
        'a row without a source',
        [{ id: 'a', source: '', sourceType: 'num' }],
        'CONFIG_INCOMPLETE',
        /"a" .* nothing under "Value from"/,
      ],
      ['two rows of one id', [msgRow('a'), msgRow('a')], 'CONFIG_INVALID', /Two rows .* "a"/],
      ['an expression that is none', [{ id: 'a', source: '$(', sourceType: 'jsonata' }], 'CONFIG_INVALID', /"a"/],
      ['a property that is none', [{ id: 'a', source: 'payload[', sourceType: 'msg' }], 'CONFIG_INVALID', /"a"/],
      [
        'a variable that is not set',
        [{ id: 'a', source: `\${${'NO_SUCH_TABLE_VARIABLE'}}`, sourceType: 'str' }],
        'CONFIG_ENV_UNSET',
        /"a" .*NO_SUCH_TABLE_VARIABLE/,
      ],
    ]
    for (const [title, rows, code, text] of unusable) {
      it(`refuses a table with ${title}`, async () => {
        await start({ points: rows })
        const error = await failure({ payload: { a: 1 } })
        should(error.code).equal(code)
        should(error.message).match(text)
      })
    }

    it('goes through an outbox alike', async () => {
      await start({ points: [msgRow('temp', 'DOUBLE'), msgRow('gone')], outbox: 'outbox' })
      const isDone = flow.completed('node')
      flow.send('node', { payload: { temp: '21.5' } })
      await isDone
      await flow.statusText('node', /delivered 1/)
      should(values()).deepEqual([{ temp: 21.5 }])
      should(await failure({ payload: {} })).containEql({ code: 'INPUT_EMPTY' })
    }).timeout(patienceMs)

    it('is not asked where the dialog says nothing, or says "message"', async () => {
      for (const valuesFrom of [undefined, 'message']) {
        await start({ valuesFrom, points: [msgRow('a')], timeField: 'at' })
        await flow.run('node', { payload: { b: 2, at: Date.now() } })
        await stopFlow()
      }
      should(values()).deepEqual([{ b: 2 }, { b: 2 }])
    })
  })

  describe('of sensors', () => {
    const sensors = (rows: Row[], more: object = {}) =>
      start({ type: 'thingplus-send-value', gatewayId, gatewayIdType: 'str', sensors: rows, ...more })
    const held = (id: string) => simulator.points(`${gatewayId}/${id}`) ?? []

    it('sends each row to its sensor, and asks no message for a sensor id', async () => {
      await sensors([msgRow('temperature', 'temperature'), { id: 'door', source: 'payload.open' }])
      const { payload } = await flow.run('node', { sensorId: 'string', payload: { temperature: '21.5', open: true } })
      should(payload).have.length(2)
      should(held('temperature')).matchEach({ values: { value: '21.5' } })
      should(held('door')).have.length(1)
      should(held('string')).be.empty()
    })

    it('dates them by the time that the dialog names', async () => {
      const timeMs = Date.now() - 60_000
      await sensors([msgRow('temperature')], { time: 'at', timeType: 'msg' })
      await flow.run('node', { payload: { temperature: 21.5 }, at: timeMs })
      should(held('temperature').map((value) => value.timeMs)).deepEqual([timeMs])
    })

    it('leaves out what is missing, and fails where all is', async () => {
      await sensors([msgRow('temperature'), msgRow('door')])
      should((await flow.run('node', { payload: { door: 1 } })).payload).have.length(1)
      should(await failure({ payload: {} })).containEql({ code: 'INPUT_EMPTY' })
    })

    it('names row and value where a number is a text, before an outbox takes it', async () => {
      await sensors([msgRow('temperature', 'temperature')], { outbox: 'outbox' })
      should((await failure({ payload: { temperature: 'n/a' } })).message).match(/"n\/a".* sensor type temperature/)
      const isDone = flow.completed('node')
      flow.send('node', { payload: { temperature: '21.5' } })
      await isDone
      await flow.statusText('node', /delivered 1/)
      should(held('temperature')).have.length(1)
    })
  })
})
