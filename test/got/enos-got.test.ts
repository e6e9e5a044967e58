import fc from 'fast-check'
import type { Got } from 'got'
import should from 'should'
import { enosGot } from '../../lib/got'
import { type RequestRecord, type Simulator, startSimulator } from '../../lib/simulator'
import { startServer } from '../http/server'
import { failureOf, gots, load, versionOf } from './gots'

interface Answer {
  code: number
  msg: string
}

const device = { action: 'get', productKey: 'pK11111', deviceKey: 'dK987654' }
const search = 'connect-service/v2.1/devices?action=search'
const wrongSignature = 1003
const wrongForm = 99400

for (const name of gots) {
  describe(`got ${versionOf(name)} extended for EnOS`, () => {
    let got: Got
    let simulator: Simulator
    let enos: Got
    const requests: string[] = []
    const options = () => ({
      gatewayUrl: simulator.url,
      appKey: 'demo-app',
      appSecret: 'demo-secret',
      orgId: 'o-demo',
    })
    before(async () => {
      got = (await load(name)).default
    })
    beforeEach(async () => {
      requests.length = 0
      const onRequest = ({ path }: RequestRecord) => requests.push(path.split('/').at(-1) ?? '')
      simulator = await startSimulator({ port: 0, onRequest })
      enos = got.extend(enosGot(options()))
    })
    afterEach(() => simulator.close())

    it('fetches one token for however many calls', async () => {
      const calls = Array.from({ length: 10 }, () => enos('connect-service/v2.1/devices', { searchParams: device }))
      for (const answer of await Promise.all(calls.map((call) => call.json<Answer>()))) should(answer.code).equal(0)
      should(requests.filter((request) => request === 'get')).have.length(1)
    })

    it('names the organisation where the query does not', async () => {
      const own = { ...device, orgId: 'o-other' }
      const answer = await enos('connect-service/v2.1/devices', { searchParams: own }).json<Answer>()
      should(answer.msg).match(/organisation o-other/)
    })

    it('signs whatever query and JSON go out, as they go out', async () => {
      const text = fc.string({ unit: 'grapheme' })
      await fc.assert(
        fc.asyncProperty(fc.dictionary(text, text), fc.object(), async (query, json) => {
          const searchParams = { ...query, action: 'search' }
          const answer = await enos.post('connect-service/v2.1/devices', { searchParams, json }).json<Answer>()
          should(answer.code).not.equal(wrongSignature)
        }),
        { numRuns: 30 },
      )
    })

    it('signs a query in the encoding of the caller', async () => {
      const answer = await enos.post(`${search}&a=%20b+c&d=%C3%A9&%E4%B8%AD=&flag`, { json: {} }).json<Answer>()
      should(answer.code).equal(0)
    })

    it('signs JSON that the caller has written, as text and as bytes, and calls a bare text JSON', async () => {
      const text = '{ "pagination": { "pageNo": 1, "pageSize": 10 }, "note": "é" }'
      const headers = { 'content-type': 'application/json' }
      for (const body of [{ body: text }, { body: text, headers }, { body: Buffer.from(text), headers }]) {
        const answer = await enos.post(search, body).json<Answer>()
        should(answer).have.property('code', 0)
      }
    })

    it('signs bytes with a byte order mark as they are', async () => {
      const body = Buffer.from('\uFEFF{}')
      const answer = await enos.post(search, { body, headers: { 'content-type': 'application/json' } }).json<Answer>()
      should(answer.code).not.equal(wrongSignature)
    })

    it('leaves multipart and forms out of the signature', async () => {
      const form = new FormData()
      form.set('file', new Blob(['content']), 'model.json')
      for (const body of [{ body: form }, { form: { a: 'b' } }]) {
        const answer = await enos.post(search, body).json<Answer>()
        should(answer).have.properties({
          code: wrongForm,
          msg: 'Invalid argument: Content-Type must be application/json',
        })
      }
    })

    it('refuses JSON that comes as a stream, before it fetches a token', async () => {
      const headers = { 'content-type': 'application/json' }
      const streamed = async function* () {
        yield '{}'
      }
      const failure = await failureOf(enos.post(search, { body: streamed(), headers }))
      should(failure).have.property('code', 'INPUT_INVALID')
      should(failure.message).match(/stream cannot be signed/)
      should(requests).be.empty()
    })

    it('signs each attempt anew', async () => {
      const signatures: unknown[] = []
      let nowMs = Date.now()
      const clock = { wallMs: () => nowMs++, monotonicMs: () => nowMs }
      const watched = got.extend(enosGot({ ...options(), clock }), {
        hooks: { beforeRequest: [({ headers }) => void signatures.push(headers['apim-signature'])] },
        retry: { backoffLimit: 1 },
      })
      simulator.setFaults([{ kind: 'server-error', path: 'devices', times: 2 }])
      const answer = await watched('connect-service/v2.1/devices', { searchParams: device }).json<Answer>()
      should(answer.code).equal(0)
      should(new Set(signatures).size).equal(3)
    })

    for (const gatewayEnvelope of ['code', 'status', 'apim_status']) {
      for (const gatewayRejectHttpStatus of [200, 401]) {
        it(`renews a token that is refused by ${gatewayEnvelope} with HTTP ${gatewayRejectHttpStatus}, once`, async () => {
          simulator.setOptions({ enos: { gatewayEnvelope, gatewayRejectHttpStatus } })
          simulator.setFaults([{ kind: 'token-expired', path: 'devices', times: 1 }])
          const json = { pagination: { pageNo: 1, pageSize: 5 } }
          const answer = await enos.post(search, { json, retry: { limit: 0 } }).json<Answer>()
          should(answer.code).equal(0)
          should(requests).deepEqual(['get', 'devices', 'get', 'devices'])
        })
      }
    }

    it('renews no more than once for a request', async () => {
      simulator.setFaults([{ kind: 'token-expired', path: 'devices' }])
      const answer = await enos.post(search, { json: {} }).json<Answer>()
      should(answer.code).equal(1203)
      should(requests).deepEqual(['get', 'devices', 'get', 'devices'])
    })

    it('renews for whoever else was refused as well, with one request', async () => {
      await enos.post(search, { json: {} })
      simulator.reset()
      requests.length = 0
      const calls = Array.from({ length: 5 }, () => enos.post(search, { json: {} }).json<Answer>())
      for (const answer of await Promise.all(calls)) should(answer.code).equal(0)
      should(requests.filter((request) => request === 'get')).have.length(1)
    })

    it('shows the answer after a renewal to the hooks of others, and not the one before', async () => {
      const seen: number[] = []
      const watched = enos.extend({
        responseType: 'json',
        hooks: {
          afterResponse: [
            (response) => {
              seen.push((response.body as Answer).code)
              return response
            },
          ],
        },
      })
      simulator.setFaults([{ kind: 'token-expired', path: 'devices', times: 1 }])
      await watched.post(search, { json: {} })
      should(seen).deepEqual([0])
    })

    it('gives the refusal where the body has been read, and renews for the next request', async () => {
      simulator.setFaults([{ kind: 'token-expired', path: 'devices', times: 1 }])
      const form = new FormData()
      form.set('file', new Blob(['content']), 'model.json')
      should(await enos.post(search, { body: form }).json<Answer>()).have.property('code', 1203)
      should(await enos.post(search, { json: {} }).json<Answer>()).have.property('code', 0)
    })

    it('sends a stream', async () => {
      const parts: Buffer[] = []
      for await (const part of enos.stream.post(search, { json: {} })) parts.push(part as Buffer)
      should(JSON.parse(Buffer.concat(parts).toString())).have.property('code', 0)
    })

    it('shows no other host the token or the signature, wherever the gateway leads', async () => {
      const heard: object[] = []
      const elsewhere = await startServer(({ headers }, response) => {
        heard.push(headers)
        response.end('{}')
      })
      const gateway = await startServer(({ url = '' }, response) => {
        if (url.includes('/token/')) return response.end('{"status":0,"data":{"accessToken":"a-token","expire":7200}}')
        return response.writeHead(307, { location: `${elsewhere.url}${url}` }).end()
      })
      try {
        const led = got.extend(enosGot({ ...options(), gatewayUrl: gateway.url }))
        await led('assets')
        await led.post('assets', { json: {} })
        should(heard).have.length(2)
        for (const headers of heard) should(Object.keys(headers).filter((header) => /^apim/.test(header))).be.empty()
      } finally {
        await Promise.all([elsewhere.close(), gateway.close()])
      }
    })

    it('gives what keeps it from getting a token as the code and the words of the error', async () => {
      const wrong = got.extend(enosGot({ ...options(), appSecret: 'another-secret' }))
      const failure = await failureOf(wrong(search))
      should(failure).have.property('code', 'AUTH_REFUSED')
      should(failure.message).match(/^Getting an access token: The app secret is wrong/)
    })
  })
}

describe('The options of EnOS for got', () => {
  it('are missed by name where a script has them from an environment that lacks them', () => {
    const gatewayUrl = 'https://apim-plant.example'
    should(() => enosGot({ gatewayUrl, appKey: 'key', appSecret: '', orgId: undefined })).throw(
      'Missing from the options for got: appSecret, orgId.',
    )
    should(() => enosGot({ gatewayUrl: undefined, appKey: 'k', appSecret: 's', orgId: 'o' })).throw(/^The gateway URL/)
  })
})
