import should from 'should'
import { HttpClient, systemClock } from '../../lib/http'
import { passwordDigest } from '../../lib/signing'
import { ThingPlus } from '../../lib/thingplus'
import { startScriptedCloud } from './scripted-cloud'

const token = 'opaqueToken4f1c'
const secrets = [token, 'clientSecret9b', 'password77aa', passwordDigest('password77aa')]
const everySecret = secrets.join('-')

describe('A Thing+ cloud that answers nonsense', () => {
  let reply: { status: number; body: unknown }
  let isLoginRefused = false
  let cloud: Awaited<ReturnType<typeof startScriptedCloud>>
  beforeEach(async () => {
    isLoginRefused = false
    cloud = await startScriptedCloud(({ target }) =>
      target.endsWith('/oauth2/token') && !isLoginRefused ? { status: 200, body: { access_token: token } } : reply,
    )
  })
  const open = () =>
    new ThingPlus({
      baseUrl: cloud.baseUrl,
      clientId: 'client',
      clientSecret: 'clientSecret9b',
      userName: 'user',
      password: 'password77aa',
      http: new HttpClient(),
      clock: systemClock,
    })
  afterEach(() => cloud.close())

  const bodies: [title: string, body: unknown][] = [
    ['a code that every object has', { errors: [{ code: 'constructor' }] }],
    ['a code that is a prototype', { errors: [{ code: '__proto__' }] }],
    ['its secrets as a code', { errors: [{ code: everySecret }] }],
    ['its secrets as a name', { name: everySecret, code: everySecret }],
    ['its secrets as a message', { errors: [{ code: 'X', message: everySecret }], message: everySecret }],
    ['its secrets as a text', everySecret],
    ['a code of 100,000 letters', { errors: [{ code: 'x'.repeat(100_000) }] }],
  ]
  for (const [title, body] of bodies) {
    for (const status of [400, 401, 403, 500]) {
      it(`is told from its code and in few words, without a secret: ${title} with HTTP ${status}`, async () => {
        reply = { status, body }
        for (isLoginRefused of [false, true]) {
          const client = open()
          const failure = await client.get('gateways').then(
            () => undefined,
            (error: unknown) => error,
          )
          client.close()
          should(failure).have.property('code').which.is.a.String()
          const { message, stack, cause } = failure as Error
          const text = [message, stack, JSON.stringify(failure), JSON.stringify(cause)].join()
          for (const secret of isLoginRefused ? secrets : [token]) text.should.not.containEql(secret)
          text.length.should.be.below(3_000)
        }
      })
    }
  }
})
