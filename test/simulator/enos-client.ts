import { createHash } from 'node:crypto'
import { type Simulator, type SimulatorSettings, startSimulator } from '../../lib/simulator'

/** Signatures are computed here, from the documents, so that a mistake in lib/signing shows. */
export const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

// biome-ignore lint/suspicious/noExplicitAny: answers of a server, checked by the assertions on them
type Json = any

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

/** A running simulator that is closed after the test. */
export function simulatorFor(settings: SimulatorSettings = {}): { current: () => Simulator } {
  let simulator: Simulator
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, ...settings })
  })
  afterEach(() => simulator.close())
  return { current: () => simulator }
}

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  let body: Json = text
  try {
    body = JSON.parse(text)
  } catch {}
  return { status: response.status, headers: response.headers, body }
}

export function sendJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

export const DEMO_APP = { appKey: 'demo-app', appSecret: 'demo-secret', orgId: 'o-demo' }
export const DEMO_DEVICE = { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321' }

export function tokenRequest(timestamp: number | string = Date.now(), { appKey, appSecret } = DEMO_APP) {
  return { appKey, encryption: sha256(`${appKey}${timestamp}${appSecret}`), timestamp }
}

export async function getToken(url: string, app = DEMO_APP): Promise<string> {
  const { body } = await sendJson(`${url}/apim-token-service/v2.0/token/get`, tokenRequest(Date.now(), app))
  return body.data.accessToken
}

/** The three apim headers; `query` must be given decoded, as names and values. */
export function signedHeaders(
  accessToken: string,
  query: Record<string, string>,
  body = '',
  { timestamp = Date.now(), appSecret = DEMO_APP.appSecret } = {},
): Record<string, string> {
  const params = Object.keys(query)
    .sort()
    .map((name) => `${name}${query[name]}`)
    .join('')
  return {
    'apim-accesstoken': accessToken,
    'apim-signature': sha256(`${accessToken}${params}${body}${timestamp}${appSecret}`),
    'apim-timestamp': String(timestamp),
  }
}

/** Signed calls of an organisation's APIs; `url` is asked for each time, for every test has a simulator of its own. */
export function signedCaller(url: () => string, token: () => string) {
  const call = (method: string, path: string, query: Record<string, string>, body?: unknown, orgId = 'o-demo') => {
    const all = { ...query, orgId }
    const text = body === undefined ? undefined : JSON.stringify(body)
    return send(`${url()}${path}?${new URLSearchParams(all)}`, {
      method,
      headers: {
        ...signedHeaders(token(), all, text),
        ...(text && { 'content-type': 'application/json;charset=UTF-8' }),
      },
      ...(text && { body: text }),
    })
  }
  return {
    call,
    get: (path: string, query: Record<string, string>) => call('GET', path, query),
    post: (path: string, action: string, body?: unknown, query: Record<string, string> = {}) =>
      call('POST', path, { ...(action && { action }), ...query }, body),
  }
}

export function loginBody(device = DEMO_DEVICE, lifetime: number | string = 300000) {
  const { productKey, deviceKey, deviceSecret } = device
  const sign = sha256(`deviceKey${deviceKey}lifetime${lifetime}productKey${productKey}signMethodsha256${deviceSecret}`)
  return { signMethod: 'sha256', lifetime, sign }
}

export async function logIn(url: string, device = DEMO_DEVICE, lifetime: number | string = 300000): Promise<string> {
  const { body } = await sendJson(`${url}/auth/${device.productKey}/${device.deviceKey}`, loginBody(device, lifetime))
  return body.data.sessionId
}

/** A message on a topic of the demo device. */
export function publish(
  url: string,
  sessionId: string,
  topic: string,
  params: unknown,
  more: Record<string, unknown> = {},
): Promise<Answer> {
  const method = topic.replaceAll('/', '.')
  return sendJson(`${url}/topic/sys/pK11111/dK987654/${topic}?sessionId=${sessionId}`, {
    id: '1',
    version: '1.0',
    method,
    params,
    ...more,
  })
}
