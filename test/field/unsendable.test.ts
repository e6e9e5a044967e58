import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import { EnosDevice } from '../../lib/enos'
import type { OutboxFigures } from '../../lib/outbox'
import { startServer } from '../http/server'
import { configurations, demoCredentials as enosCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime, type TestMessage } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import { configuration, demoCredentials as thingplusCredentials, thingplusTypes } from '../nodes/thingplus'
import { patienceMs } from '../patience'

const taken = JSON.stringify({ code: 200, data: { sessionId: 's' } })
const appToken = JSON.stringify({ status: 0, data: { accessToken: 't', expire: 7200 } })
const enveloped = (data: unknown) => JSON.stringify({ statusCode: 200, message: 'OK', data })

/** Answers of a cloud that takes whatever can be sent. */
function answerOf(method: string, path: string): string {
  if (path.endsWith('/oauth2/token')) return JSON.stringify({ access_token: 'token' })
  if (path.includes('/token/')) return appToken
  if (!path.startsWith('/v2/')) return taken
  const item = { id: 'x', name: 'X', type: 'unheard', model: '52', reportInterval: 300_000, owner: 'x' }
  return enveloped(method === 'GET' && /\/sensors$/.test(path) ? [] : item)
}

const fromMsg = (...names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [name, name],
      [`${name}Type`, 'msg'],
    ]),
  )
const thingplus = { client: 'client' }
const device = { channel: 'device', device: 'device' }
const integration = { channel: 'integration', app: 'app', assetId: 'asset-1' }

const sending: readonly ({ type: string } & Record<string, unknown>)[] = [
  { type: 'thingplus-send-value', ...thingplus, ...fromMsg('gatewayId'), sensorId: '', sensorIdType: 'str' },
  { type: 'thingplus-send-value', ...thingplus, ...fromMsg('gatewayId', 'sensorId') },
  ...['gateway', 'sensor', 'gatewayWithSensors'].map((target) => ({
    type: 'thingplus-send-status',
    ...thingplus,
    target,
    ...fromMsg('gatewayId', 'sensorId', 'validDurationSeconds'),
  })),
  ...[device, integration].flatMap((channel) => [
    { type: 'enos-post-event', ...channel, ...fromMsg('eventId') },
    { type: 'enos-post-measurepoint', ...channel },
    { type: 'enos-update-attribute', ...channel },
  ]),
]

describe('What can never be sent', function () {
  this.timeout(patienceMs)
  let cloud: Awaited<ReturnType<typeof startServer>>
  let flow: FlowUnderTest
  let folder: string
  /** What came that is no request of either protocol. */
  const strange: string[] = []
  before(async () => {
    await startRuntime()
    cloud = await startServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '' } = request
        const path = url.split('?', 1)[0] ?? ''
        noteStrange(method, path, Buffer.concat(chunks).toString())
        response.setHeader('content-type', 'application/json')
        response.end(answerOf(method, path))
      })
    })
    folder = await mkdtemp(join(tmpdir(), 'unsendable-'))
    flow = await startFlow(
      [...enosTypes, ...thingplusTypes, ...outboxTypes],
      [
        ...configurations(cloud.url),
        configuration(cloud.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        ...sending.flatMap((node, at) => [
          { unsendable: 'refuse', ...node, id: `direct-${at}`, wires: [['out']] },
          { unsendable: 'refuse', ...node, id: `kept-${at}`, outbox: 'outbox', wires: [['out']] },
        ]),
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      { ...enosCredentials, ...thingplusCredentials },
    )
  })
  after(async () => {
    await stopFlow()
    await stopRuntime()
    await cloud.close()
    await rm(folder, { recursive: true, force: true })
  })

  const known = [
    /^POST \/topic\/sys\/pK11111\/dK987654\/thing\/(measurepoint\/\w+(\/batch)?|attribute\/update|event\/[^/]+\/post)$/,
    /^(GET|PUT) \/v2\/gateways\/[^/]+(\/sensors(\/[^/]+)?)?(\/series|\/status)?$/,
    /^GET \/v2\/(sensorTypes|gatewayModels)\/[^/]+$/,
    /^POST (\/auth\/pK11111\/dK987654|\/connect-service\/v2\.1\/integration|\/\S+\/oauth2\/token|\/\S*token\S*)$/,
  ]
  const noteStrange = (method: string, path: string, body: string) => {
    const isKnown = known.some((pattern) => pattern.test(`${method} ${path}`))
    const json = /\r\n\r\n(\{.*\})\r\n/s.exec(body)?.[1] ?? body
    if (!isKnown || (json && !isJson(json) && !path.endsWith('/oauth2/token')))
      strange.push(`${method} ${path} ${body}`)
  }
  const isJson = (text: string) => {
    try {
      return JSON.parse(text) !== undefined
    } catch {
      return false
    }
  }
  /** The error that a Catch node gets, and `undefined` for a message that went through. */
  const failureOf = async (id: string, msg: Record<string, unknown>) => {
    const over = new AbortController()
    const isCompleted = async (): Promise<TestMessage> => {
      const msg = await flow.next('completed', over.signal)
      return (msg.complete as { source: { id: string } }).source.id === id ? msg : isCompleted()
    }
    const ends = [flow.next('caught', over.signal), isCompleted()]
    for (const end of ends) end.catch(() => undefined)
    flow.send(id, { ...msg })
    const { error } = await Promise.race(ends)
    over.abort()
    return error
  }
  const told = ({ code, message }: { code?: string; message?: string } = {}) => ({ code, message })
  const figures = async () => (await flow.run('control', { payload: 'figures' })).payload as OutboxFigures
  /** Fails unless the cloud takes all that was kept. */
  const drained = async () => {
    for (;;) {
      const { lanes } = await figures()
      for (const { lane, state, dead, lastError } of lanes)
        if (dead > 0 || state === 'parked') throw new Error(`${lane} is ${state}: ${lastError?.text}, ${dead} dead`)
      if (lanes.every(({ pending }) => pending === 0)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const id = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'sensor-1', ' padded ', 'ä/ö', '4711', '%2e%2e', '...') },
    {
      weight: 2,
      arbitrary: fc.constantFrom('.', '..', ' .. ', '', ' ', '\ud800', 'a\udfffb', '\0', 'x'.repeat(1_001)),
    },
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.integer(),
  )
  const value = fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.string({ unit: 'binary', maxLength: 5 }))
  const name = fc.oneof(id.map(String), fc.string({ maxLength: 3 }))
  const row = fc.record(
    { productKey: id, deviceKey: id, values: fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }), assetId: id },
    { requiredKeys: ['values'] },
  )
  const payload = fc.oneof(
    value,
    fc.dictionary(name, value, { maxKeys: 3 }),
    row.map(({ values, ...names }) => ({ ...values, ...names })),
    fc.array(
      row.map(({ values, ...names }) => ({ ...values, ...names })),
      { maxLength: 3 },
    ),
  )
  const message = fc.record(
    {
      gatewayId: fc.oneof({ weight: 3, arbitrary: fc.constant('gateway') }, id),
      sensorId: id,
      eventId: id,
      validDurationSeconds: fc.constantFrom(0, 1.5, -1, 1, 60, 1e300, '', '7'),
      payload,
    },
    { requiredKeys: ['payload', 'gatewayId'] },
  )

  const bad: readonly [title: string, msg: Record<string, unknown>, nodes: RegExp][] = [
    ...['.', '..', ' .. ', '\ud800', 'x'.repeat(1_001)].flatMap((badId): (typeof bad)[number][] => [
      [`the gateway id ${JSON.stringify(badId.slice(0, 9))}`, { gatewayId: badId, sensorId: 's' }, /thingplus/],
      [`the sensor id ${JSON.stringify(badId.slice(0, 9))}`, { gatewayId: 'g', sensorId: badId }, /value|sensor$/],
      [`the event id ${JSON.stringify(badId.slice(0, 9))}`, { eventId: badId }, /event/],
    ]),
    ['a valid duration of 0', { gatewayId: 'g', sensorId: 's', validDurationSeconds: 0 }, /status/],
    ['a valid duration of 1.5', { gatewayId: 'g', sensorId: 's', validDurationSeconds: 1.5 }, /status/],
    ['a sensor that is not named', { gatewayId: 'g' }, /status .*sensor$/],
  ]
  for (const [title, msg, nodes] of bad) {
    it(`is refused by the outbox as without it: ${title}`, async () => {
      for (const [at, { type, target = '', sensorId }] of sending.entries()) {
        if (!nodes.test(`${type} ${target}`)) continue
        const payload = sensorId === '' ? { [String(msg.sensorId)]: 1 } : { a: 1 }
        const direct = await failureOf(`direct-${at}`, { payload, ...msg })
        const kept = await failureOf(`kept-${at}`, { payload, ...msg })
        should(direct?.code).match(/^INPUT_/)
        should(told(kept)).deepEqual(told(direct))
      }
      await drained()
    })
  }

  it('is refused by the outbox as without it: the empty name of a column', async () => {
    const msg = { gatewayId: 'g', payload: { a: 1, '': 2 } }
    for (const id of ['direct-0', 'kept-0']) should(await failureOf(id, msg)).have.property('code', 'INPUT_INVALID')
    await drained()
  })

  it('is a device whose configured keys no path can hold: it is refused by what is to be corrected', () => {
    for (const key of ['.', '..', '\ud800', 'x'.repeat(1_001)])
      for (const name of ['productKey', 'deviceKey']) {
        const keys = { productKey: 'p', deviceKey: 'd', [name]: key }
        const open = () => new EnosDevice({ ...keys, brokerUrl: cloud.url, deviceSecret: 's', lifetimeMs: 300_000 })
        should(open).throw({ code: 'CONFIG_INVALID' })
      }
  })

  it('is an entry that fills more than a request, to the byte', async () => {
    for (const id of ['kept-6', 'direct-6', 'kept-9', 'direct-9'])
      for (const [more, isRefused] of [
        [0, false],
        [200, true],
      ] as const) {
        const failure = await failureOf(id, { payload: { a: 'ä'.repeat((508 * 1024 - 100 + more) / 2) } })
        should(failure?.code).equal(isRefused ? 'INPUT_TOO_LARGE' : undefined)
      }
    await drained()
  })

  it('is what no outbox accepts: the rest is delivered, and nodes refuse the same with and without it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sending.length - 1), message, async (at, msg) => {
        const direct = await failureOf(`direct-${at}`, msg)
        const kept = await failureOf(`kept-${at}`, msg)
        should({ isRefused: kept !== undefined, ...told(kept ?? direct) }).have.property(
          'isRefused',
          direct !== undefined,
        )
        await drained()
        strange.should.deepEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
