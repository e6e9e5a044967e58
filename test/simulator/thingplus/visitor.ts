import { createHash } from 'node:crypto'
import 'should'
import type { IncomingHttpHeaders } from 'node:http'
import type { Refusal, SimulatedReply, SimulatedRequest } from '../../../lib/simulator/cloud'
import { createThingPlusCloud, type ThingPlusOptions, type ThingPlusSeed } from '../../../lib/simulator/thingplus'

type Json = Record<string, unknown>

export interface Answer {
  status: number
  /** The body as JSON; the empty object for none. */
  body: Json
  text: string
  headers: Record<string, string>
  data: Json
  /** `errors[0].code` of the envelope. */
  code: string
}

export const gatewayId = '87cd2a6e407511e7922eb724f8803770'
export const deviceId = '366d685f93f5477a8d29e8c45bae0a31'
export const sensorId = 'd815ba2f84eb490b8e68d9dd744da397'
export const sensorPath = `/v2/gateways/${gatewayId}/sensors/${sensorId}`
export const startMs = Date.parse('2017-05-25T13:00:00.000Z')

export const registration = { reqId: gatewayId, params: { siteId: '1', model: '52', name: 'Open Gateway 1' } }
export const newDevice = { reqId: deviceId, name: 'Open Gateway Device 1', model: 'open-api-device-v1.0' }
export const newSensor = {
  reqId: sensorId,
  name: 'Temperature sensor',
  type: 'temperature',
  driverName: 'openApiSensor',
  model: 'openApiTemp',
  category: 'sensor',
  deviceId,
}

/** Two customers, each with a gateway, device and sensor; the caller is of service 1. */
export const neighbours: ThingPlusSeed = {
  users: [
    { id: '1', loginId: 'me', password: 'my-password', service: '1' },
    { id: '2', loginId: 'other', password: 'other-password', service: '2' },
  ],
  clients: [
    { id: 'mine', clientSecret: 'secret', user: '1', scopes: ['gateway', 'site-read', 'tag', 'rule', 'user-profile'] },
  ],
  sites: [
    { id: '1', service: '1' },
    { id: '2', service: '2' },
    { id: '3', service: '1', plan: null },
  ],
  gateways: [
    { id: 'my-gateway', site: '1' },
    { id: 'my-second-gateway', site: '1' },
    { id: 'other-gateway', site: '2' },
  ],
  devices: [
    { id: 'my-device', owner: 'my-gateway' },
    { id: 'other-device', owner: 'other-gateway' },
  ],
  sensors: [
    { id: 'my-sensor', owner: 'my-gateway', type: 'temperature' },
    { id: 'other-sensor', owner: 'other-gateway', type: 'temperature' },
  ],
}

/** A simulated cloud and somebody who calls it; without `as` the calls carry no login. */
export function visit(seed: ThingPlusSeed = {}, options: ThingPlusOptions = {}) {
  const clock = { nowMs: startMs }
  const cloud = createThingPlusCloud(seed, options, { wallMs: () => clock.nowMs })
  const login: IncomingHttpHeaders = {}

  const request = (method: string, path: string, body?: unknown, headers: IncomingHttpHeaders = {}) =>
    ({
      method,
      url: new URL(path, 'http://thingplus.local'),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...login, ...headers },
      body: Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)),
      receivedMs: clock.nowMs,
    }) satisfies SimulatedRequest

  function call(method: string, path: string, body?: unknown, headers?: IncomingHttpHeaders): Answer {
    const reply = cloud.handle(request(method, path, body, headers))
    if (!reply) throw new Error(`${path} is not a path of this cloud`)
    return answerOf(reply)
  }

  return {
    clock,
    cloud,
    login,
    call,
    refuse: (refusal: Refusal, method: string, path: string) => {
      const reply = cloud.refuse(request(method, path), refusal)
      if (!reply) throw new Error(`${path} is not a path of this cloud`)
      return answerOf(reply)
    },
    /** Logs in to the portal; the following calls carry its cookie. */
    openPortal(loginId: string, password: string) {
      const answer = call('POST', '/v2/login', { loginId, password })
      login.cookie = answer.headers['set-cookie']?.split(';')[0]
      return answer
    },
    /** Gets a token by password; the following calls carry it. */
    getToken(fields: Record<string, string>) {
      const answer = call('POST', '/v2/oauth2/token', { grant_type: 'password', ...fields })
      login.authorization = `Bearer ${answer.body['access_token']}`
      return answer
    },
  }
}

/** The default seed, with a token of its user. */
export function visitWithToken(options: ThingPlusOptions = {}, seed: ThingPlusSeed = {}) {
  const visitor = visit(seed, options)
  visitor.getToken({
    client_id: 'testClientId',
    client_secret: 'demo-client-secret',
    username: 'serviceadmin',
    password: md5('demo-password'),
  })
  return visitor
}

/** The caller of `neighbours`. */
export function visitNeighbours(options: ThingPlusOptions = {}, seed: ThingPlusSeed = neighbours) {
  const visitor = visit(seed, options)
  visitor.getToken({ client_id: 'mine', client_secret: 'secret', username: 'me', password: md5('my-password') })
  return visitor
}

/** A cloud in which the gateway, device and sensor of the guide are registered. */
export function visitWithSensor(options: ThingPlusOptions = {}, sensor: object = newSensor) {
  const visitor = visitWithToken(options)
  visitor.call('POST', '/v2/registerGateway', registration).status.should.equal(201)
  visitor.call('POST', `/v2/gateways/${gatewayId}/devices`, newDevice).status.should.equal(201)
  visitor.call('POST', `/v2/gateways/${gatewayId}/sensors`, sensor).status.should.equal(201)
  return visitor
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function answerOf({ status, body, headers = {} }: SimulatedReply): Answer {
  const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body ?? {})
  const json = (typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.parse(text) : {}) as Json
  const errors = (json['errors'] ?? []) as Json[]
  return { status, headers, text, body: json, data: (json['data'] ?? {}) as Json, code: String(errors[0]?.['code']) }
}
