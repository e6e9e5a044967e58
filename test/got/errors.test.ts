import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import type { Got, RequestError } from 'got'
import should from 'should'
import { enosGot, thingplusGot } from '../../lib/got'
import { passwordDigest } from '../../lib/signing'
import { startServer } from '../http/server'
import { everythingIn, failureOf, gots, load, versionOf } from './gots'

const token = 'token-8f14e45fceea167a'
const enosSecrets = { appKey: 'key-45c48cce2e2d7fbd', appSecret: 'secret-d3d9446802a44259' }
const thingplusSecrets = { clientSecret: 'client-6512bd43d9caa6e0', password: 'password-c9f0f895fb98ab91' }
const hiddenOf: Readonly<Record<string, readonly string[]>> = {
  EnOS: [token, ...Object.values(enosSecrets)],
  'Thing+': [token, ...Object.values(thingplusSecrets), passwordDigest(thingplusSecrets.password)],
}
const inTheQuery = 'query-c20ad4d76fe97759'

/** Says back all headers of the request, and the secrets, in every place that an answer has. */
const cloud: RequestListener = (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://cloud')
  const heard = `${JSON.stringify(request.headers)} and ${hiddenOf[pathname.startsWith('/v2/') ? 'Thing+' : 'EnOS']}`
  const headers = { 'x-heard': heard, 'set-cookie': `heard=${encodeURIComponent(heard)}` }
  const answer = { code: 99400, msg: `You said ${heard}`, heard: request.headers }
  const send = (status: number, body: string) => response.writeHead(status, `Heard ${token}`, headers).end(body)
  if (pathname.includes('/apim-token-service/'))
    return send(200, JSON.stringify({ status: 0, data: { accessToken: token, expire: 7200 } }))
  if (pathname.endsWith('/oauth2/token'))
    return send(200, JSON.stringify({ access_token: token, token_type: 'Bearer' }))
  if (pathname.endsWith('/reset')) return request.socket.destroy()
  if (pathname.endsWith('/silent')) return undefined
  if (pathname.endsWith('/loop')) return response.writeHead(302, { ...headers, location: `?round=${inTheQuery}` }).end()
  if (pathname.endsWith('/page')) return send(200, `${heard} is no JSON`)
  return send(Number(pathname.slice(-3)), JSON.stringify(answer))
}

type Fail = (got: Got) => Promise<unknown>

const streamed = async (got: Got, path: string, signal?: AbortSignal): Promise<never> => {
  const stream = got.stream(path, { ...(signal && { signal }) })
  stream.resume()
  const [failure] = await once(stream, 'error')
  throw failure
}

const aborted = async (request: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50)
  return request(controller.signal)
}

/** By what the error is called, and how a script comes to it. */
const failures: readonly (readonly [error: string, title: string, fail: Fail])[] = [
  ['HTTPError', 'an answer with an error status', (got) => got('400')],
  ['HTTPError', 'such an answer, parsed', (got) => got('400', { responseType: 'json' })],
  ['HTTPError', 'such an answer, which .json() was to parse', (got) => got('400').json()],
  ['HTTPError', 'such an answer to JSON', (got) => got.post('500', { json: { a: 1 } })],
  ['HTTPError', 'such an answer in bytes', (got) => got('400', { responseType: 'buffer' })],
  ['HTTPError', 'such an answer to a stream', (got) => streamed(got, '400')],
  ['ParseError', 'an answer that is not JSON', (got) => got('page', { responseType: 'json' })],
  ['ParseError', 'an answer that .json() cannot parse', (got) => got('page').json()],
  [
    'ParseError',
    'such an answer with a listener',
    (got) =>
      got('page')
        .on('downloadProgress', () => undefined)
        .json(),
  ],
  ['RequestError', 'a lost connection', (got) => got('reset')],
  ['RequestError', 'a connection lost under a stream', (got) => streamed(got, 'reset')],
  ['TimeoutError', 'a time-out', (got) => got('silent', { timeout: { request: 50 } })],
  ['AbortError', 'a request that is aborted', (got) => aborted((signal) => got('silent', { signal }))],
  ['AbortError', 'a stream that is aborted', (got) => aborted((signal) => streamed(got, 'silent', signal))],
  ['MaxRedirectsError', 'a loop of redirects', (got) => got('loop', { maxRedirects: 2 })],
  ['RequestError', 'an option that there is not', (got) => got('400', { plant: 1 } as object)],
  ['RequestError', 'a hook of the caller that fails', (got) => got('400', { hooks: { afterResponse: [failing] } })],
]

const failing = (): never => {
  throw Object.assign(new Error(`Not ${token}`), { code: 'MINE', request: { token } })
}

for (const name of gots) {
  describe(`An error of got ${versionOf(name)}`, () => {
    let errors: typeof import('got')
    let server: Awaited<ReturnType<typeof startServer>>
    const clouds: Record<string, Got> = {}
    before(async () => {
      errors = await load(name)
      server = await startServer(cloud)
      const more = { retry: { limit: 0 }, searchParams: { key: inTheQuery } }
      const base = errors.default.extend(more)
      clouds['EnOS'] = base.extend(enosGot({ ...enosSecrets, gatewayUrl: server.url, orgId: 'o-plant' }))
      clouds['Thing+'] = base.extend(
        thingplusGot({ ...thingplusSecrets, apiUrl: `${server.url}/v2`, clientId: 'plant', username: 'plant' }),
      )
    })
    after(() => server.close())

    const shouldHideAll = (failure: unknown, cloudName = 'EnOS') => {
      const everything = everythingIn(failure)
      for (const text of [...(hiddenOf[cloudName] ?? []), inTheQuery])
        should(everything.includes(text)).equal(false, text)
      should(/[0-9a-f]{40}/.exec(everything)).be.null()
    }

    for (const cloudName of ['EnOS', 'Thing+']) {
      for (const [errorName, title, fail] of failures) {
        it(`hides every secret of ${cloudName}, and stays a ${errorName}, for ${title}`, async () => {
          const failure = await failureOf(fail(clouds[cloudName] as Got))
          shouldHideAll(failure, cloudName)
          should(failure).have.property('name', errorName)
          should(failure).be.instanceOf(errors[errorName as 'RequestError'])
        })
      }

      // Later ones are aborted by a signal only.
      if (versionOf(name).startsWith('14.')) {
        it(`hides every secret of ${cloudName} for a request that is cancelled`, async () => {
          const request = (clouds[cloudName] as Got)('silent')
          setTimeout(() => request.cancel(), 50)
          const failure = await failureOf(request)
          should(failure.name).equal('CancelError')
          shouldHideAll(failure, cloudName)
        })
      }

      it(`brings hooks before another attempt no header that signs in to ${cloudName}`, async () => {
        const seen: RequestError[] = []
        const hooks = { beforeRetry: [(error: RequestError) => void seen.push(error)] }
        const calculateDelay = ({ attemptCount }: { attemptCount: number }) => (attemptCount === 1 ? 1 : 0)
        const retrying = (clouds[cloudName] as Got).extend({ hooks, retry: { limit: 1, calculateDelay } })
        await failureOf(retrying('500'))
        should(seen).have.length(1)
        should(Object.keys(seen[0]?.options.headers ?? {}).join()).not.match(/apim|authorization/)
      })
    }

    it('tells what a script has to know', async () => {
      const failure = await failureOf((clouds['EnOS'] as Got).post('assets/400', { json: {}, responseType: 'json' }))
      should(failure.code).equal('ERR_NON_2XX_3XX_RESPONSE')
      should(failure.message).match(/400/)
      should(failure.stack).startWith(`HTTPError: ${failure.message}\n    at `)
      const { statusCode, body, url } = failure.response ?? {}
      should({ statusCode, url }).deepEqual({ statusCode: 400, url: `${server.url}/assets/400` })
      should(body).have.property('code', 99400)
      should(String(failure.options.url)).equal(`${server.url}/assets/400`)
      should(failure.options).have.property('method', 'POST')
      should(failure.timings?.phases.total).be.a.Number()
    })

    it('is what the hooks of others see, with what they put to it', async () => {
      const seen: RequestError[] = []
      const beforeError = (error: RequestError) => {
        seen.push(error)
        return Object.assign(error, { plant: 'north' })
      }
      const failure = await failureOf((clouds['EnOS'] as Got).extend({ hooks: { beforeError: [beforeError] } })('400'))
      shouldHideAll(seen[0])
      should(failure).have.property('plant', 'north')
    })

    it('gives the code and the words of what a hook of the caller throws, but no secret', async () => {
      const [, secret = ''] = hiddenOf['EnOS'] ?? []
      const texts = {
        [`Not ${token}`]: 'Not •••',
        [`See https://plant.example/it's/${token}?key=${inTheQuery}#${token} there`]:
          "See https://plant.example/it's/••• there",
        [`No\n    at ${secret} (${secret})`]: 'No at ••• (•••)',
        [`${secret} `.repeat(300)]: undefined,
        [`${'x '.repeat(9_990)}${secret}`]: undefined,
        [`https://plant.example/?${inTheQuery} ${'x '.repeat(9_990)}${secret}`]: undefined,
      }
      for (const [text, shown] of Object.entries(texts)) {
        const failing = () => {
          throw Object.assign(new Error(text), { code: 'MINE' })
        }
        const failure = await failureOf((clouds['EnOS'] as Got)('400', { hooks: { afterResponse: [failing] } }))
        shouldHideAll(failure)
        should(everythingIn(failure)).not.containEql(secret.slice(0, 12))
        should(failure.code).equal('MINE')
        if (shown !== undefined) should(failure.message).equal(shown)
      }
    })

    it('comes once: nothing is left that nobody handles', async () => {
      const unhandled: unknown[] = []
      const listen = (reason: unknown) => unhandled.push(reason)
      process.on('unhandledRejection', listen)
      try {
        for (const request of [clouds['EnOS']?.('page').json(), clouds['EnOS']?.('400').text()])
          await failureOf(request as Promise<unknown>)
        await new Promise(setImmediate)
        should(unhandled).be.empty()
      } finally {
        process.off('unhandledRejection', listen)
      }
    })

    it('is none where the caller wants the answer whatever its status', async () => {
      const { statusCode, body } = await (clouds['EnOS'] as Got)('400', { throwHttpErrors: false })
      should(statusCode).equal(400)
      should(JSON.parse(body)).have.property('code', 99400)
    })

    it('hides every secret for a body that is read once and was to be sent twice', async () => {
      const retry = {
        limit: 1,
        calculateDelay: ({ attemptCount }: { attemptCount: number }) => (attemptCount === 1 ? 1 : 0),
      }
      const failure = await failureOf((clouds['Thing+'] as Got).put('500', { body: Readable.from(['a']), retry }))
      shouldHideAll(failure, 'Thing+')
    })
  })
}
