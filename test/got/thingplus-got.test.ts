import type { Got } from 'got'
import should from 'should'
import { thingplusGot } from '../../lib/got'
import { passwordDigest } from '../../lib/signing'
import { type RequestRecord, type Simulator, startSimulator } from '../../lib/simulator'
import { gatewayId, seed } from '../nodes/thingplus'
import { failureOf, gots, load, versionOf } from './gots'

interface Answer {
  data: { id: string }[]
}

for (const name of gots) {
  describe(`got ${versionOf(name)} extended for Thing+`, () => {
    let got: Got
    let simulator: Simulator
    let thingplus: Got
    const requests: string[] = []
    const options = () => ({
      apiUrl: `${simulator.url}/v2`,
      clientId: 'testClientId',
      clientSecret: 'demo-client-secret',
      username: 'serviceadmin',
      password: 'demo-password',
    })
    before(async () => {
      got = (await load(name)).default
    })
    beforeEach(async () => {
      requests.length = 0
      const onRequest = ({ method, path }: RequestRecord) => requests.push(`${method} ${path.split('/').at(-1)}`)
      simulator = await startSimulator({ port: 0, seed: { thingplus: seed }, onRequest })
      thingplus = got.extend(thingplusGot(options()))
    })
    afterEach(() => simulator.close())

    it('fetches one token for however many calls', async () => {
      const calls = Array.from({ length: 5 }, () => thingplus('gateways').json<Answer>())
      for (const { data } of await Promise.all(calls)) should(data.map(({ id }) => id)).deepEqual([gatewayId])
      should(requests.filter((request) => request === 'POST token')).have.length(1)
    })

    it('takes the digest of the password, and asks for the token with form fields where that is wanted', async () => {
      const password = passwordDigest('demo-password')
      const other = { ...options(), password, passwordIsDigest: true, tokenBodyFormat: 'form' } as const
      await got.extend(thingplusGot(other))('gateways')
    })

    it('writes what the cloud then gives back', async () => {
      const series = `gateways/${gatewayId}/sensors/temperature/series`
      await thingplus.put(series, { json: { value: '21.5', time: Date.now() } })
      should(simulator.points('temperature')).have.length(1)
    })

    it('renews a token that is refused, once', async () => {
      simulator.setFaults([{ kind: 'token-expired', path: 'gateways', times: 1 }])
      await thingplus('gateways')
      should(requests).deepEqual(['POST token', 'GET gateways', 'POST token', 'GET gateways'])
    })

    it('renews no more than once for a request', async () => {
      simulator.setFaults([{ kind: 'token-expired', path: 'gateways' }])
      const failure = await failureOf(thingplus('gateways'))
      should(failure.response?.statusCode).be.oneOf(401, 403)
      should(requests).deepEqual(['POST token', 'GET gateways', 'POST token', 'GET gateways'])
    })

    it('renews no token for what is forbidden, or not there', async () => {
      const failure = await failureOf(thingplus('gateways/nonesuch'))
      should(failure.response?.body).match(/NOT_FOUND/)
      should(requests).deepEqual(['POST token', 'GET nonesuch'])
    })

    it('gives what keeps it from getting a token as the code and the words of the error', async () => {
      const failure = await failureOf(got.extend(thingplusGot({ ...options(), password: 'another' }))('gateways'))
      should(failure.code).equal('AUTH_REFUSED')
      should(failure.message).match(/the user name or the password is wrong/)
    })
  })
}

describe('The options of Thing+ for got', () => {
  it('are missed by name where a script has them from an environment that lacks them', () => {
    const given = { apiUrl: 'https://api.example/v2', clientId: 'id', clientSecret: undefined, username: 'user' }
    should(() => thingplusGot({ ...given, password: undefined })).throw(
      'Missing from the options for got: clientSecret, password.',
    )
  })
})
