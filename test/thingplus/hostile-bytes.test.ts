import { systemClock } from '../../lib/core'
import { HttpClient } from '../../lib/http'
import { ThingPlus } from '../../lib/thingplus'
import { type HostileAnswer, hostileAnswers, limitMsOf, startHostileCloud } from '../http/hostile-server'

const token = JSON.stringify({ access_token: 'opaqueToken4f1c' })

/** What is hostile: the token endpoint, the API behind it, or the portal. */
const calls = ['token', 'read', 'portal login'] as const

for (const name of calls) {
  describe(`A Thing+ ${name} that is answered with hostile bytes`, () => {
    let cloud: Awaited<ReturnType<typeof startHostileCloud>>
    before(async () => {
      cloud = await startHostileCloud(({ url = '' }) =>
        name !== 'token' && url.endsWith('/oauth2/token') ? token : undefined,
      )
    })
    after(() => cloud.close())

    const call = async (answer: HostileAnswer) => {
      const client = new ThingPlus({
        baseUrl: cloud.url,
        clientId: 'client',
        clientSecret: 'secret',
        userName: 'user',
        password: 'password',
        http: new HttpClient({ timeoutMs: limitMsOf(answer) }),
        clock: systemClock,
      })
      const made: Record<typeof name, () => Promise<unknown>> = {
        token: () => client.token(),
        read: () => client.get('gateways'),
        'portal login': () => client.createClient({ name: 'n', scopes: [] }),
      }
      return made[name]().finally(() => client.close())
    }
    // The portal's login has no answer of its own: whatever comes without a session is a refusal.
    const alsoRight = name === 'portal login' ? (['AUTH_REFUSED'] as const) : []

    for (const answer of hostileAnswers) {
      it(`ends soon, in bounded memory, with one error that says so: ${answer.title}`, () =>
        cloud.endures(answer, () => call(answer), alsoRight))
    }
  })
}
