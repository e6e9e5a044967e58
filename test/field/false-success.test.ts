import type { IncomingMessage } from 'node:http'
import should from 'should'
import { ConnectorError } from '../../lib/core'
import { EnosApplication, EnosDevice, EnosIntegration } from '../../lib/enos'
import { type Destination, openOutbox } from '../../lib/outbox'
import { classifyConnectorError } from '../../lib/runtime/classify'
import { enosDestination } from '../../lib/runtime/enos-way'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import { ThingPlus } from '../../lib/thingplus'
import { newFolder, removeFolder } from '../folder'
import { startServer } from '../http/server'
import { patienceMs } from '../patience'

interface FalseSuccess {
  title: string
  status: number
  body: string
  /** The cloud itself tells a failure: its own code counts then. */
  isRefusal?: boolean
}

const json = (title: string, body: unknown, more: Partial<FalseSuccess> = {}): FalseSuccess => ({
  title,
  status: 200,
  body: JSON.stringify(body),
  ...more,
})
const falseSuccesses: readonly FalseSuccess[] = [
  { title: 'nothing', status: 200, body: '' },
  { title: 'HTTP 204', status: 204, body: '' },
  json('an empty object', {}),
  json('null', null),
  json('an empty list', []),
  json('HTTP 202 of a queue', { queued: true }, { status: 202 }),
  json('that a login is required', { error: 'login required' }),
  json('the login page of a captive portal, as JSON', { status: 'ok', redirect: '/login' }),
  json('success in the words of something else', { success: true, status: 200, message: 'OK' }),
  { title: 'a page', status: 200, body: '<html><body>Please log in</body></html>' },
  { title: 'a word', status: 200, body: 'OK' },
  json('a number', 200),
  json('another item', { id: 'something-else', name: 'x' }),
  json(
    'a refusal with HTTP 200',
    {
      isRefusal: true,
      code: 1204,
      status: 1004,
      statusCode: 400,
      successful: false,
      message: 'No',
      errors: [{ code: 'SCHEMA_VALIDATE' }],
    },
    { isRefusal: true },
  ),
  json(
    'a partial success',
    {
      code: 200,
      status: 0,
      statusCode: 200,
      message: 'OK',
      successSize: 1,
      totalSize: 2,
      errors: [{ code: 'CONFLICT' }],
    },
    { isRefusal: true },
  ),
]

const right = {
  token: { status: 0, data: { accessToken: 'token-of-enos', expire: 7200 } },
  login: { code: 200, data: { sessionId: 'session' } },
  oauth: { access_token: 'token-of-thingplus', token_type: 'Bearer' },
  gateway: { statusCode: 200, message: 'OK', data: { id: 'g', model: '52', reportInterval: '300000', _site: '1' } },
  sensor: { statusCode: 200, message: 'OK', data: { id: 's', owner: 'g', type: 'temperature', category: 'sensor' } },
  nothing: { statusCode: 404, message: 'No', errors: [{ code: 'NOT_FOUND' }] },
  sensorType: { statusCode: 200, message: 'OK', data: { id: 'temperature', type: 'number' } },
  model: {
    statusCode: 200,
    message: 'OK',
    data: {
      id: '52',
      idFormat: 'custom',
      deviceModels: [{ id: 'd', sensors: [{ type: 'temperature', model: 'm', driverName: 'd', category: 'sensor' }] }],
    },
  },
}

describe('What looks like a success and is none', function () {
  this.timeout(patienceMs)
  let answer: { status: number; body: string }
  /** The requests that get it; all others get what is right. */
  let isMeant: (request: IncomingMessage) => boolean
  let server: Awaited<ReturnType<typeof startServer>>
  const opened: { close(): unknown }[] = []
  const rightAnswer = ({ url = '' }: IncomingMessage) => {
    if (url.includes('/apim-token-service/')) return right.token
    if (url.startsWith('/auth/')) return right.login
    if (url.endsWith('/oauth2/token')) return right.oauth
    if (url.includes('/sensorTypes/')) return right.sensorType
    if (url.includes('/gatewayModels/')) return right.model
    if (url.endsWith('/login')) return {}
    return url.includes('/sensors/') ? right.sensor : right.gateway
  }
  before(async () => {
    server = await startServer((request, response) => {
      request.resume().once('end', () => {
        const isNew = request.method === 'GET' && /-1$/.test(request.url ?? '')
        const rightOne = isNew ? right.nothing : rightAnswer(request)
        const { status, body } = isMeant(request)
          ? answer
          : { status: isNew ? 404 : 200, body: JSON.stringify(rightOne) }
        const cookie = request.url?.endsWith('/login') ? { 'set-cookie': 'dwTPlus=x' } : {}
        response.writeHead(status, { 'content-type': 'application/json', ...cookie }).end(body)
      })
    })
  })
  afterEach(() => {
    for (const item of opened.splice(0)) item.close()
  })
  after(() => server.close())

  const open = <Client extends { close(): unknown }>(client: Client): Client => {
    opened.push(client)
    return client
  }
  const device = () =>
    open(
      new EnosDevice({
        brokerUrl: server.url,
        productKey: 'p',
        deviceKey: 'd',
        deviceSecret: 'secret',
        lifetimeMs: 300_000,
      }),
    )
  const application = () => {
    const { url } = server
    const urls = { gatewayUrl: url, integrationUrl: url, modelUploadUrl: `${url}/import` }
    return open(new EnosApplication({ ...urls, orgId: 'o', appKey: 'k', appSecret: 'secret' }))
  }
  const integration = () => new EnosIntegration(application())
  const thingplus = () =>
    open(
      new ThingPlus({
        baseUrl: `${server.url}/v2`,
        clientId: 'client',
        clientSecret: 'secret',
        userName: 'user',
        password: 'password',
        wait: async () => undefined,
      }),
    )
  const entries = (text: string) => ({ json: [Buffer.from(text)], count: 1 })
  const point = entries('{"measurepoints":{"a":1},"time":1}')
  const event = entries('{"eventId":"e","params":{"events":{},"time":1}}')
  const attribute = entries('{"attributes":{"a":1}}')
  const to = (method: string, part: string) => (request: IncomingMessage) =>
    request.method === method && (request.url ?? '').includes(part)

  const calls: readonly (readonly [title: string, isMeant: typeof isMeant, call: () => Promise<unknown>])[] = [
    ['EnOS: a token', to('POST', '/token/'), () => application().token()],
    [
      'EnOS: a signed call',
      to('GET', '/some-service'),
      () => application().call({ method: 'GET', path: '/some-service' }),
    ],
    ['EnOS: a login', to('POST', '/auth/'), () => device().session()],
    ['EnOS: a point by a device', to('POST', '/topic'), () => device().deliver('measurepoint', point, 'live')],
    ['EnOS: a late point by a device', to('POST', '/topic'), () => device().deliver('measurepoint', point, 'late')],
    ['EnOS: an attribute by a device', to('POST', '/topic'), () => device().deliver('attribute', attribute, 'live')],
    ['EnOS: an event by a device', to('POST', '/topic'), () => device().deliver('event', event, 'live')],
    ...(['measurepoint', 'attribute', 'event'] as const).map(
      (kind) =>
        [
          `EnOS: ${kind}s by the integration channel`,
          to('POST', '/integration'),
          () => integration().deliver(kind, point, 'live'),
        ] as const,
    ),
    ['Thing+: a token', to('POST', '/oauth2/token'), () => thingplus().token()],
    ['Thing+: values', to('PUT', '/series'), () => thingplus().sendValues('g', { s: 1 })],
    [
      'Thing+: values that waited',
      to('PUT', '/series'),
      () => thingplus().deliverValues('g', 's', [{ value: '1', time: 1 }]),
    ],
    [
      'Thing+: a gateway’s status',
      to('PUT', '/status'),
      () => thingplus().sendStatus({ gatewayId: 'g' }, { value: 'on' }),
    ],
    [
      'Thing+: a sensor’s status',
      to('PUT', '/status'),
      () => thingplus().sendStatus({ gatewayId: 'g', sensorId: 's' }, { value: 'on' }),
    ],
    [
      'Thing+: a new device',
      to('POST', '/devices'),
      () => thingplus().registerDevice('g', { id: 'device-1', name: 'n' }),
    ],
    [
      'Thing+: a new sensor',
      to('POST', '/sensors'),
      () => thingplus().registerSensor('g', { id: 'sensor-1', name: 'n', type: 'temperature', deviceId: 'd' }),
    ],
    [
      'Thing+: a new gateway',
      to('POST', '/registerGateway'),
      () => thingplus().registerGateway({ id: 'gateway-1', siteId: '1', name: 'n' }),
    ],
    ['Thing+: a new client', to('POST', '/authClients'), () => thingplus().createClient({ name: 'n' })],
    ['Thing+: a list', to('GET', '/sites'), () => thingplus().get('sites')],
    ['Thing+: an item', to('GET', '/gateways/g'), () => thingplus().get('gateways', { gatewayId: 'g' })],
  ]
  /** What bears the mark of another item is a right answer to a question for one. */
  const isAnswered = (title: string, { body }: FalseSuccess) =>
    title.endsWith('an item') && body.includes('something-else')
  for (const [title, meant, call] of calls) {
    it(`is none for ${title}`, async () => {
      isMeant = meant
      for (const given of falseSuccesses) {
        if (isAnswered(title, given)) continue
        answer = given
        const failure: unknown = await call().then(
          (result) => should.fail(result, undefined, `${given.title} was taken for a success`),
          (error: unknown) => error,
        )
        if (!(failure instanceof ConnectorError)) throw failure
        const codes = given.isRefusal ? /./ : /^(RESPONSE_UNREADABLE|AUTH_REFUSED|NETWORK_WEB_PAGE)$/
        should(failure.code).match(codes, given.title)
        const { kind } = classifyConnectorError(failure)
        should(kind).not.equal('bug', given.title)
        if (!given.isRefusal) should(kind).not.equal('validation', given.title)
      }
    })
  }

  const bare: readonly [title: string, body: object][] = [
    [
      'the sensor itself',
      { id: 's', owner: 'g', name: 'n', series: 'series.sensor.abcdef', status: 'status.sensor.abcdef' },
    ],
    [
      'the leaf of its series',
      { type: 'series', id: 'series.sensor.abcdef', sensor: 's', series: 's', owner: 'g', time: '1' },
    ],
    ['the leaf of its status', { type: 'status', id: 'status.sensor.abcdef', sensor: 's', status: 's', owner: 'g' }],
  ]
  for (const [title, body] of bare) {
    it(`is no matter of the older dialect without an envelope: ${title} is taken`, async () => {
      isMeant = to('PUT', '/')
      answer = { status: 200, body: JSON.stringify(body) }
      should(await thingplus().sendValues('g', { s: 1 })).match([{ sensorId: 's', accepted: 1 }])
      await thingplus().sendStatus({ gatewayId: 'g', sensorId: 's' }, { value: 'on' })
      await thingplus().deliverValues('g', 's', [{ value: '1', time: 1 }])
    })
  }

  const lanes: readonly [title: string, isMeant: typeof isMeant, destination: () => Destination, payload: string][] = [
    [
      'EnOS by a device',
      to('POST', '/topic'),
      () => enosDestination(device(), 'measurepoint', 'by-age'),
      '{"measurepoints":{"a":1},"time":1}',
    ],
    [
      'EnOS by the integration channel',
      to('POST', '/integration'),
      () => enosDestination(integration(), 'measurepoint', 'by-age'),
      '{"assetId":"a","measurepoints":{"a":1},"time":1}',
    ],
    [
      'values to Thing+',
      to('PUT', '/series'),
      () => thingplusDestinations.values(thingplus()),
      '{"gatewayId":"g","sensorId":"s","entry":{"value":"1","time":1}}',
    ],
    [
      'a status to Thing+',
      to('PUT', '/status'),
      () => thingplusDestinations.status(thingplus()),
      '{"scope":"gateway","target":{"gatewayId":"g"},"report":{"value":"on","validDurationSeconds":60}}',
    ],
  ]
  for (const [title, meant, destination, payload] of lanes) {
    it(`settles nothing in an outbox: ${title}`, async () => {
      isMeant = meant
      for (const given of falseSuccesses.filter(({ isRefusal }) => !isRefusal)) {
        answer = given
        const folder = await newFolder('false-success')
        const outbox = await openOutbox({ folder, random: () => 0 })
        try {
          await outbox.acceptAll('lane', [{ stream: 's', payload, eventTimeMs: Date.now() }])
          const lane = outbox.lane('lane')
          await lane.attach(destination(), { liveLimitMs: 0 })
          while (lane.state !== 'unclear') await new Promise((resolve) => setTimeout(resolve, 5))
          const { delivered, dead, pending, lastError } = await lane.figures()
          should({ delivered, dead, pending }).deepEqual({ delivered: 0, dead: 0, pending: 1 })
          should(lastError?.code).match(/^(RESPONSE_UNREADABLE|NETWORK_WEB_PAGE)$/)
        } finally {
          await outbox.close()
          await removeFolder(folder)
        }
      }
    })
  }
})
