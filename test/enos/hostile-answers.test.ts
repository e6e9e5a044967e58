import should from 'should'
import { EnosApplication, EnosDevice } from '../../lib/enos'
import { startServer } from '../http/server'

const secrets = ['token-4f1c', 'app-secret-9b', 'session-77aa', 'device-secret-3c']
const everySecret = secrets.join(' ')

describe('An EnOS cloud that answers nonsense', () => {
  let answer = ''
  let statusCode = 200
  let cloud: Awaited<ReturnType<typeof startServer>>
  /** Each with the secrets that it sends. */
  let calls: [call: () => Promise<unknown>, sent: string[]][]
  const opened: { close(): unknown }[] = []
  before(async () => {
    cloud = await startServer(({ url = '' }, response) => {
      if (url.includes('/token/')) {
        response.end(JSON.stringify({ status: 0, data: { accessToken: secrets[0], expire: 7200 } }))
      } else if (url.startsWith('/auth/')) {
        response.end(JSON.stringify({ code: 200, data: { sessionId: secrets[2] } }))
      } else response.writeHead(statusCode).end(answer)
    })
    const { url } = cloud
    const application = new EnosApplication({ gatewayUrl: url, orgId: 'o', appKey: 'k', appSecret: 'app-secret-9b' })
    const names = { productKey: 'p', deviceKey: 'd' }
    const device = new EnosDevice({ ...names, brokerUrl: url, deviceSecret: 'device-secret-3c', lifetimeMs: 300_000 })
    opened.push(application, device)
    calls = [
      [() => application.call({ method: 'GET', path: '/x' }), secrets.slice(0, 2)],
      [
        () => device.deliver('measurepoint', { json: [Buffer.from('{"measurepoints":{"a":1}}')], count: 1 }, 'live'),
        secrets.slice(2),
      ],
    ]
  })
  after(async () => {
    for (const item of opened) item.close()
    await cloud.close()
  })

  const bodies: [title: string, body: string][] = [
    ['a code that every object has', '{"code":"constructor"}'],
    ['a code that is a prototype', '{"code":"__proto__","msg":"x"}'],
    ['its secrets as a code', JSON.stringify({ code: everySecret })],
    ['its secrets as a message', JSON.stringify({ code: 500, msg: everySecret, submsg: everySecret })],
    ['its secrets as a text', everySecret],
    ['a code of 100,000 letters', JSON.stringify({ code: 'x'.repeat(100_000) })],
    ['a list', '[1]'],
    ['a number', '5'],
    ['nothing', ''],
    ['a page', `<html>${everySecret}</html>`],
  ]
  for (const [title, body] of bodies) {
    for (const status of [200, 403, 500]) {
      it(`is told from its code and in few words, without a secret: ${title} with HTTP ${status}`, async () => {
        answer = body
        statusCode = status
        for (const [call, sent] of calls) {
          const failure = await call().then(
            () => undefined,
            (error: unknown) => error,
          )
          should(failure).have.property('code').which.is.a.String()
          const { message, stack, cause } = failure as Error
          const text = [message, stack, JSON.stringify(failure), JSON.stringify(cause)].join()
          for (const secret of sent) text.should.not.containEql(secret)
          text.length.should.be.below(3_000)
        }
      })
    }
  }
})
