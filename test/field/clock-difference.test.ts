import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { type Clock, ConnectorError, isPlausible, say } from '../../lib/core'
import { checkApplication, EnosApplication, EnosDevice } from '../../lib/enos'
import { readAnswer } from '../../lib/enos/answer'
import { checkHost, HttpClient } from '../../lib/http'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { ThingPlus } from '../../lib/thingplus'
import { itWhere } from '../skipping'

/** A PC's clock that is wrong by so much. */
const wrongBy = (ms: number): Clock => ({ wallMs: () => Date.now() + ms, monotonicMs: () => performance.now() })
const hour = 3_600_000

describe("A PC whose clock differs from the cloud's", () => {
  let simulator: Simulator
  const open: { close(): void }[] = []
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
  })
  afterEach(async () => {
    for (const client of open.splice(0)) client.close()
    await simulator.close()
  })
  const closed = <C extends { close(): void }>(client: C): C => {
    open.push(client)
    return client
  }
  const application = (clock: Clock, appSecret = 'demo-secret') =>
    closed(new EnosApplication({ gatewayUrl: simulator.url, orgId: 'o-demo', appKey: 'demo-app', appSecret, clock }))
  const device = (clock: Clock, deviceSecret: string) => {
    const identity = { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret, lifetimeMs: 30_000 }
    return closed(new EnosDevice({ brokerUrl: simulator.url, ...identity, clock }))
  }
  const thingplus = (clock: Clock, password: string) =>
    closed(
      new ThingPlus({
        ...{ baseUrl: `${simulator.url}/v2`, clientId: 'testClientId', clientSecret: 'demo-client-secret' },
        ...{ userName: 'serviceadmin', password, http: new HttpClient(), clock },
      }),
    )
  const failureOf = async (work: Promise<unknown>) => {
    const failure = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    should(failure).be.instanceof(ConnectorError)
    return failure as ConnectorError
  }

  const behind =
    /^This PC's clock is most likely the cause: it is 3(59\d|60\d) s behind the cloud's \(.*\)\. Set it, preferably by NTP\. /
  const ahead = /^This PC's clock is most likely the cause: it is 3(59\d|60\d) s ahead of the cloud's/

  it('has it named first where EnOS refuses the token that its clock has signed', async () => {
    const failure = await failureOf(application(wrongBy(-hour)).token())
    should(failure).match({ code: 'AUTH_REFUSED', message: behind })
    should((await failureOf(application(wrongBy(hour)).token())).message).match(ahead)
  })

  it('has it named first where EnOS refuses the session', async () => {
    const failure = await failureOf(device(wrongBy(-hour), 'wrong').session())
    should(failure).match({ code: 'AUTH_REFUSED', message: behind })
  })

  it('has it named first where EnOS refuses a signed call', async () => {
    const clock = { ...wrongBy(0) }
    const client = application(clock)
    await client.token()
    clock.wallMs = () => Date.now() - hour
    const failure = await failureOf(client.call({ method: 'GET', path: '/model-service/v2.1/thing-models?action=get' }))
    should(failure.message).match(behind)
  })

  it('has it named first where Thing+ gives no token', async () => {
    const failure = await failureOf(thingplus(wrongBy(hour), 'wrong').token())
    should(failure).match({ code: 'AUTH_REFUSED', message: ahead })
  })

  it('gets its tokens again once a clock that was far ahead is set back', async () => {
    const clock = { ...wrongBy(50 * 365 * 24 * hour) }
    const client = application(clock)
    await failureOf(client.token())
    clock.wallMs = () => Date.now()
    should(await client.token()).be.a.String()
  })

  it('waits as long as the cloud asks for by a date, whatever its own clock says', () => {
    const date = 'Sun, 29 Nov 2026 06:00:00 GMT'
    const headers = { date, 'retry-after': 'Sun, 29 Nov 2026 06:00:30 GMT' }
    for (const wallMs of [0, Date.UTC(2070, 0)]) {
      const answer = readAnswer({ statusCode: 429, headers, body: Buffer.from('{}') }, wallMs)
      should(answer.retryAfterMs).equal(30_000)
    }
  })

  it('is not suspected within two minutes', async () => {
    for (const clock of [wrongBy(100_000), wrongBy(-100_000)]) {
      should((await failureOf(application(clock, 'wrong').token())).message).not.match(/most likely the cause/)
      should((await failureOf(device(clock, 'wrong').session())).message).not.match(/most likely the cause/)
    }
  })

  it('is told so by the connection test', async () => {
    const findings = await checkHost(
      new HttpClient(),
      say`URL`,
      simulator.url,
      wrongBy(-hour),
      AbortSignal.timeout(10_000),
    )
    should(findings.map(({ ok }) => ok)).deepEqual([true, false])
    should(String(findings[1]?.text)).match(/clock is 3\d\d\d s behind the cloud's/)
    should((await checkApplication(application(wrongBy(0)), AbortSignal.timeout(10_000)))[1]).match({ ok: true })
  })

  it('is told that its clock is not set where no cloud can say so', async () => {
    const unset: Clock = { wallMs: () => 100_000, monotonicMs: () => performance.now() }
    const { url } = simulator
    await simulator.close()
    const findings = await checkHost(new HttpClient(), say`URL`, url, unset, AbortSignal.timeout(10_000))
    should(String(findings.at(-1)?.text)).match(/clock is not set: it shows 1970-01-01/)
  })
})

describe('The time at which the package was built', () => {
  it('bounds what a clock may show', () => {
    should(isPlausible(0)).be.false()
    should(isPlausible(Date.UTC(2010, 0))).be.false()
    should(isPlausible(Date.now())).be.true()
    should(isPlausible(Date.UTC(2100, 0))).be.false()
  })

  const dist = join(__dirname, '../../dist')
  itWhere(existsSync(dist), 'there is no dist/, which the build makes')(
    'is kept with it: a clock that shows an earlier day is not set',
    () => {
      const script = `const { isPlausible } = require(${JSON.stringify(join(dist, 'lib/core'))}); const { builtMs } = require(${JSON.stringify(join(dist, 'lib/built.json'))});
      console.log(JSON.stringify([isPlausible(builtMs), isPlausible(builtMs - 2 * 86400000), builtMs > Date.UTC(2026, 0)]))`
      should(JSON.parse(String(execFileSync(process.execPath, ['-e', script])))).deepEqual([true, false, true])
    },
  )
})
