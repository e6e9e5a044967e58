import { EnosApplication, EnosDevice, EnosIntegration } from '../../lib/enos'
import { HttpClient } from '../../lib/http'
import { type HostileAnswer, hostileAnswers, limitMsOf, startHostileCloud } from '../http/hostile-server'

const token = JSON.stringify({ status: 0, data: { accessToken: 'token-4f1c', expire: 7200 } })
const session = JSON.stringify({ code: 200, data: { sessionId: 'session-77aa' } })

/** What is hostile: the login itself, or what comes after it. */
const calls = ['token', 'call', 'integration', 'login', 'post'] as const

for (const name of calls) {
  describe(`An EnOS ${name} that is answered with hostile bytes`, () => {
    let cloud: Awaited<ReturnType<typeof startHostileCloud>>
    before(async () => {
      cloud = await startHostileCloud(({ url = '' }) => {
        if (name !== 'token' && url.includes('/token/')) return token
        return name !== 'login' && url.startsWith('/auth/') ? session : undefined
      })
    })
    after(() => cloud.close())

    const call = async (answer: HostileAnswer) => {
      const { url } = cloud
      const http = new HttpClient({ timeoutMs: limitMsOf(answer) })
      const app = new EnosApplication({
        gatewayUrl: url,
        integrationUrl: url,
        orgId: 'o',
        appKey: 'k',
        appSecret: 's',
        http,
      })
      const names = { productKey: 'p', deviceKey: 'd' }
      const device = new EnosDevice({ ...names, brokerUrl: url, deviceSecret: 's', lifetimeMs: 300_000, http })
      const point = Buffer.from('{"measurepoints":{"a":1}}')
      const made: Record<typeof name, () => Promise<unknown>> = {
        token: () => app.token(),
        call: () => app.call({ method: 'GET', path: '/x' }),
        integration: () => new EnosIntegration(app).deliver('measurepoint', { json: [point], count: 1 }, 'live'),
        login: () => device.session(),
        post: () => device.deliver('measurepoint', { json: [point], count: 1 }, 'live'),
      }
      return made[name]().finally(() => {
        app.close()
        device.close()
      })
    }

    for (const answer of hostileAnswers) {
      it(`ends soon, in bounded memory, with one error that says so: ${answer.title}`, () =>
        cloud.endures(answer, () => call(answer)))
    }
  })
}
