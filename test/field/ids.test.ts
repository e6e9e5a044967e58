import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials as enosCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import {
  configuration,
  gatewayId,
  seed,
  demoCredentials as thingplusCredentials,
  thingplusTypes,
} from '../nodes/thingplus'
import { startSimulator } from '../ports'

const device = (name: { productKey?: string; deviceKey: string; assetId: string; gateway?: string }) => ({
  productKey: 'pK11111',
  deviceSecret: 'ds54321',
  modelId: 'Demo',
  gateway: null,
  ...name,
})
const own = device({ deviceKey: 'dK987654', assetId: 'asset-1' })
/** A device whose names are all numbers, behind the device that the nodes are set to. */
const numbered = device({ productKey: '777', deviceKey: '888', assetId: '12345', gateway: 'asset-1' })

/** It knows no event. */
const model = { modelId: 'Demo', allowAdditionalMeasurepoint: true, measurepoints: {} }

/** What is no id, and yet there. */
const noId = fc.oneof(
  fc.constantFrom('', '  ', '\t', null, Number.NaN, Number.POSITIVE_INFINITY, 12345n, 2 ** 53, -(2 ** 60)),
  fc.double({ noInteger: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.array(fc.anything(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 2 }),
  fc.date(),
)

describe('The id', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  let outboxes = 0
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({
      port: 0,
      seed: {
        enos: { devices: [own, numbered], models: [model] },
        thingplus: {
          ...seed,
          sensors: [...seed.sensors, { ...seed.sensors[0], id: '4711', type: 'temperature', owner: gatewayId }],
        },
      },
    })
    folder = await newFolder('ids')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
  })

  const startAgain = async (node: Record<string, unknown> & { type: string }) => {
    await stopFlow()
    outboxes += 1
    await start(node)
  }
  const start = async (node: Record<string, unknown> & { type: string }) => {
    flow = await startFlow(
      [...enosTypes, ...thingplusTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        configuration(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder: join(folder, String(outboxes)) },
        { id: 'node', app: 'app', device: 'device', client: 'client', wires: [['out']], ...node },
      ],
      { ...enosCredentials, ...thingplusCredentials },
    )
  }
  const send = async (msg: Record<string, unknown>) => {
    const sent = await flow.run('node', msg)
    await new Promise((resolve) => setImmediate(resolve))
    return sent
  }
  /** The error that a Catch node sees, and `undefined` for a message that went through. */
  const failureOf = async (msg: Record<string, unknown>) => {
    const over = new AbortController()
    const ends = ['out', 'caught', 'completed'].map((end) => flow.next(end, over.signal))
    for (const end of ends) end.catch(() => undefined)
    flow.send('node', msg)
    const { error } = await Promise.race(ends)
    over.abort()
    // What is sent on reaches the output and the Complete node, in this order.
    await new Promise((resolve) => setImmediate(resolve))
    return error
  }
  const valuesOf = (stream: string) => simulator.points(stream)?.map(({ values }) => values) ?? []

  describe('of a row', () => {
    const nodes = [
      { type: 'enos-post-measurepoint', values: { temperature: 77 } },
      { type: 'enos-update-attribute', values: { serial: 'S-1' } },
      { type: 'enos-post-event', eventId: 'overheat', values: { temperature: 77 } },
    ]

    it('that is a number names the asset, and the value never goes to the device of the node', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1' })
      await send({ payload: [{ assetId: 12345, temperature: 77 }] })
      valuesOf('12345').should.deepEqual([{ temperature: 77 }])
      valuesOf('asset-1').should.deepEqual([])
    })

    it('that is a number names no asset through a device, and the value is refused there', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device' })
      const error = await failureOf({ payload: [{ assetId: 12345, temperature: 77 }] })
      should(error).match({ code: 'INPUT_INVALID', message: /integration channel/ })
      valuesOf('pK11111/dK987654').should.deepEqual([])
    })

    it('names a sub-device by numbers as by text, and both stay one device', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device' })
      await send({
        payload: [
          { productKey: 777, deviceKey: 888, temperature: 1, time: 1_700_000_000_000 },
          { productKey: '777', deviceKey: ' 888 ', temperature: 2, time: 1_700_000_000_001 },
        ],
      })
      valuesOf('777/888').should.deepEqual([{ temperature: 1 }, { temperature: 2 }])
    })

    for (const { type, values, ...settings } of nodes) {
      for (const channel of ['device', 'integration']) {
        it(`is refused by name and row where it is no id, by ${type} through ${channel === 'device' ? 'a device' : 'the integration channel'}`, async () => {
          await start({ type, channel, assetId: 'asset-1', ...settings })
          const name = fc.constantFrom('assetId', 'productKey', 'deviceKey')
          await fc.assert(
            fc.asyncProperty(noId, name, fc.nat(3), async (id, key, row) => {
              const named = { productKey: 'pK11111', deviceKey: 'dK987654', [key]: id }
              const rows = Array.from({ length: 4 }, (_, index) => ({ ...values, ...(index === row ? named : {}) }))
              const error = await failureOf({ payload: rows })
              should(error?.code).match(/^INPUT_(INVALID|EMPTY)$/)
              should(error?.message).startWith(`Entry ${row}, "${key}" is `)
            }),
            { numRuns: 25 },
          )
          should(simulator.state().enos).match({ pointsAccepted: 0, attributesAccepted: 0, eventsAccepted: 0 })
        })
      }
    }

    it('is the device of the node only where the row lacks it', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1' })
      await send({ payload: [{ temperature: 1 }, { assetId: undefined, temperature: 2 }] })
      valuesOf('asset-1').should.deepEqual([{ temperature: 1 }, { temperature: 2 }])
      const error = await failureOf({ payload: [{ assetId: '', temperature: 3 }] })
      should(error?.message).match(/leave it out altogether.*include empty strings/)
    })
  })

  describe('that the message brings', () => {
    const places: {
      node: Record<string, unknown> & { type: string }
      names: string[]
      msg?: Record<string, unknown>
    }[] = [
      { node: { type: 'enos-post-measurepoint', channel: 'integration' }, names: ['assetId'] },
      {
        node: { type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1' },
        names: ['productKey', 'deviceKey'],
        msg: { productKey: 'pK11111', deviceKey: 'dK987654' },
      },
      { node: { type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1' }, names: ['assetId'] },
      { node: { type: 'enos-post-event', channel: 'device', eventId: 'overheat' }, names: ['eventId'] },
      {
        node: { type: 'thingplus-get', resource: 'gatewayModel', gatewayModelId: '52' },
        names: ['gatewayModelId'],
      },
      { node: { type: 'thingplus-get', resource: 'device' }, names: ['gatewayId', 'deviceId'] },
      { node: { type: 'thingplus-get', resource: 'series' }, names: ['gatewayId', 'sensorId'] },
      {
        node: { type: 'thingplus-register-gateway', gatewayName: 'G', gatewayId: 'gatewayId', gatewayIdType: 'msg' },
        names: ['siteId', 'gatewayId', 'gatewayModelId'],
        msg: { siteId: '1' },
      },
      {
        node: { type: 'thingplus-register-device', deviceName: 'D', deviceId: 'deviceId', deviceIdType: 'msg' },
        names: ['gatewayId', 'deviceId', 'deviceModelId'],
      },
      {
        node: {
          type: 'thingplus-register-sensor',
          sensorName: 'S',
          sensorType: 'temperature',
          sensorId: 'sensorId',
          sensorIdType: 'msg',
        },
        names: ['gatewayId', 'deviceId', 'sensorId'],
      },
      { node: { type: 'thingplus-create-client', clientName: 'C' }, names: ['clientId'] },
      { node: { type: 'thingplus-send-status', target: 'sensor' }, names: ['gatewayId', 'sensorId'] },
      { node: { type: 'thingplus-send-status', target: 'sensor', outbox: 'outbox' }, names: ['gatewayId', 'sensorId'] },
      { node: { type: 'thingplus-send-value' }, names: ['gatewayId', 'sensorId'] },
      { node: { type: 'thingplus-send-value', outbox: 'outbox' }, names: ['gatewayId', 'sensorId'] },
      { node: { type: 'thingplus-send-value', sensorId: '' }, names: ['sensorId'] },
    ]
    for (const { node, names, msg = {} } of places) {
      const { type, ...settings } = node
      it(`is refused by name where it is no id: ${names.join(', ')} of ${type} (${Object.values(settings).join(', ')})`, async () => {
        await start(node)
        await fc.assert(
          fc.asyncProperty(noId, fc.constantFrom(...names), async (id, name) => {
            const good = { gatewayId, deviceId: 'device', sensorId: 'temperature', ...msg }
            const error = await failureOf({ ...good, payload: 21.5, topic: 'temperature', [name]: id })
            should(error?.code).match(/^INPUT_(INVALID|EMPTY)$/)
            should(error?.message).startWith(`msg.${name} is `)
          }),
          { numRuns: 20 },
        )
      })
    }

    it('counts more than the device of the dialog, by whatever name', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1' })
      await send({ payload: { temperature: 1 }, productKey: 777, deviceKey: 888 })
      await send({ payload: { temperature: 2 }, assetId: 12345 })
      valuesOf('12345').should.deepEqual([{ temperature: 1 }, { temperature: 2 }])
      valuesOf('asset-1').should.deepEqual([])
    })

    it('may be anything where the node does not ask for it', async () => {
      await start({ type: 'thingplus-get', resource: 'gateways' })
      await send({ gatewayId: null, deviceId: {}, sensorId: '' })
      await startAgain({ type: 'thingplus-send-status', target: 'gateway' })
      await send({ gatewayId, sensorId: null })
    })

    it('as a number is the id in text: of a site, a gateway model, a sensor, a point and its topic', async () => {
      await start({ type: 'thingplus-register-gateway', gatewayName: 'G' })
      should((await send({ siteId: 1, gatewayModelId: 52 })).payload).match({ siteId: '1', model: '52' })
      await startAgain({ type: 'thingplus-send-value' })
      should((await send({ gatewayId, sensorId: 4711, payload: 21.5 })).payload).match([{ sensorId: '4711' }])
      await startAgain({ type: 'enos-post-measurepoint', channel: 'device' })
      await send({ topic: 4711, payload: 21.5 })
      valuesOf('pK11111/dK987654').should.deepEqual([{ 4711: 21.5 }])
    })

    it('as a number repeats one status, however it comes', async () => {
      await start({ type: 'thingplus-send-status', target: 'sensor', keepAlive: true })
      await send({ gatewayId, sensorId: 4711 })
      await send({ gatewayId, sensorId: '4711' })
      should(simulator.state().thingplus).have.property('statuses').with.length(1)
    })
  })

  describe('in a list, a model, a query or a table', () => {
    it('is refused by its place: the children of a gateway', async () => {
      await start({ type: 'thingplus-register-gateway', gatewayName: 'G' })
      const sensors = [
        { name: 'a', type: 'temperature' },
        { id: 1.5, name: 'b', type: 'temperature' },
      ]
      const devices = [{ name: 'one' }, { name: 'two', sensors }]
      should(await failureOf({ siteId: '1', devices })).match({
        code: 'INPUT_INVALID',
        message: /^devices\[1\]\.sensors\[1\]\.id is the number 1\.5/,
      })
    })

    it('is refused by name: the query of an API, where leaving it out would ask for something else', async () => {
      await start({ type: 'enos-call-api', method: 'GET', path: '/model-service/v2.1/thing-models' })
      await fc.assert(
        fc.asyncProperty(noId, fc.constantFrom('modelId', 'orgId'), async (id, name) => {
          fc.pre(!Array.isArray(id))
          const error = await failureOf({ query: { action: 'get', modelId: 'Demo', [name]: id } })
          should(error?.code).match(/^INPUT_(INVALID|EMPTY)$/)
          should(error?.message).startWith(name)
        }),
        { numRuns: 20 },
      )
    })

    it('is text in what is sent, or refused: of a thing model', async () => {
      await start({ type: 'enos-upload-model' })
      const model = { measurepoints: {}, thingMeasurepointMap: {} }
      await send({ payload: { ...model, thingModelId: 4711 } })
      should(simulator.state().enos).match({
        models: (models: object[]) => models.should.matchAny({ modelId: '4711' }),
      })
      for (const [name, value] of Object.entries({ modelId: 1.5, thingModelId: false }))
        should(await failureOf({ payload: { ...model, [name]: value } })).match({
          code: 'INPUT_INVALID',
          message: new RegExp(`"${name}" in the object is `),
        })
    })

    it('is text, or refused with its row: of a table that was written by hand', async () => {
      const row = { source: 'payload', sourceType: 'msg' }
      await start({ type: 'thingplus-send-value', valuesFrom: 'table', sensors: [{ id: 4711, ...row }] })
      should((await send({ gatewayId, payload: 3 })).payload).match([{ sensorId: '4711' }])
      await startAgain({
        type: 'thingplus-send-value',
        valuesFrom: 'table',
        sensors: [
          { id: 'door', ...row },
          { id: {}, ...row },
        ],
      })
      should(await failureOf({ gatewayId, payload: 3 })).match({
        code: 'CONFIG_INVALID',
        message: /row 2 of the table is an object/,
      })
    })
  })

  it('of a configuration may be a number, and is refused by name where it is none', async () => {
    const post = { id: 'node', type: 'enos-post-measurepoint', channel: 'device', device: 'device', wires: [['out']] }
    for (const [productKey, message] of [
      [777, undefined],
      [{}, /^Product key of the enos-device configuration is an object/],
    ] as const) {
      const settings = { brokerUrl: simulator.url, productKey, deviceKey: 888 }
      flow = await startFlow(enosTypes, [{ id: 'device', type: 'enos-device', ...settings }, post], enosCredentials)
      const error = await failureOf({ payload: { temperature: 1 } })
      if (message) should(error).match({ code: 'CONFIG_INVALID', message })
      else should(error).be.undefined()
      await stopFlow()
    }
  })
})
