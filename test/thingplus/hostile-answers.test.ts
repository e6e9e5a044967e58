import should from 'should'
import { systemClock } from '../../lib/core'
import { HttpClient } from '../../lib/http'
import { passwordDigest } from '../../lib/signing'
import { ThingPlus } from '../../lib/thingplus'
import { patienceMs } from '../patience'
import { enveloped, startScriptedCloud } from './scripted-cloud'

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

describe('A Thing+ cloud that sends what nobody can ask it for', function () {
  this.timeout(patienceMs)
  let answer: (target: string) => ReturnType<typeof enveloped>
  let cloud: Awaited<ReturnType<typeof startScriptedCloud>>
  let client: ThingPlus
  beforeEach(async () => {
    cloud = await startScriptedCloud(({ target }) =>
      target.endsWith('/oauth2/token') ? { status: 200, body: { access_token: token } } : answer(target),
    )
    client = new ThingPlus({
      baseUrl: cloud.baseUrl,
      clientId: 'client',
      clientSecret: 'clientSecret9b',
      userName: 'user',
      password: 'password77aa',
    })
  })
  afterEach(async () => {
    client.close()
    await cloud.close()
  })

  const gateway = { id: 'g', name: 'G', model: '52', reportInterval: 60_000 }
  for (const id of ['.', '..', '\ud800', 'x'.repeat(1_001), '']) {
    const shown = JSON.stringify(id.slice(0, 9))
    it(`is told by its name, and that the cloud sent it: the id ${shown} of a sensor`, async () => {
      const sensors = enveloped([{ id, name: 'S', type: 'temperature' }])
      answer = (target) => (/sensors/.test(target) ? sensors : enveloped({ ...gateway, status: { value: 'on' } }))
      const sent = client.sendStatusTo('gatewayWithSensors', { gatewayId: 'g' }, { value: 'on' })
      await sent.should.be.rejectedWith({
        code: 'RESPONSE_UNREADABLE',
        message: /^(?=.*the cloud)(?=.*sensor).*\bid\b/i,
      })
    })

    it(`is told by its name, and that the cloud sent it: the model ${shown} of a gateway`, async () => {
      answer = () => enveloped({ ...gateway, model: id, reportInterval: undefined })
      const asked = client.reportIntervalMs('g')
      if (id === '') should(await asked).equal(300_000)
      else
        await asked.should.be.rejectedWith({
          code: 'RESPONSE_UNREADABLE',
          message: /cloud sent a gateway whose "model"/,
        })
    })

    it(`is told by its name, and that the cloud sent it: the type ${shown} of a sensor`, async () => {
      answer = () => enveloped({ id: 's', name: 'S', type: id })
      const sent = client.sendValues('g', { s: 1 })
      if (id === '') should(await sent).have.length(1)
      else
        await sent.should.be.rejectedWith({ code: 'RESPONSE_UNREADABLE', message: /cloud sent a sensor whose "type"/ })
    })
  }

  it('is asked for no more than 100 pages of a list without end', async () => {
    let items = 0
    answer = () => enveloped(Array.from({ length: 1_000 }, () => ({ id: String(items++), name: 'S' })))
    await client.get('sites').should.be.rejectedWith({ code: 'RESPONSE_TOO_LARGE' })
    items.should.equal(100_000)
  })

  it('is read to a megabyte where something is written, and to eight where something is read', async () => {
    const answerOf = (megabytes: number) => enveloped({ ...gateway, note: 'x'.repeat(megabytes * 1024 * 1024) })
    const tooLarge = { code: 'RESPONSE_TOO_LARGE' }
    answer = () => answerOf(7)
    should(await client.get('gateways', { gatewayId: 'g' })).have.property('id', 'g')
    await client.sendStatus({ gatewayId: 'g' }, { value: 'on' }).should.be.rejectedWith(tooLarge)
    answer = () => answerOf(8)
    await client.get('gateways', { gatewayId: 'g' }).should.be.rejectedWith(tooLarge)
  })
})
