import 'should'
import should from 'should'
import { EnosApplication } from '../../lib/enos'
import { type RequestRecord, type Simulator, type SimulatorSettings, startSimulator } from '../../lib/simulator'
import { SetClock } from '../http/set-clock'
import { patienceMs } from '../patience'

const minute = 60_000
const search = { method: 'POST', path: '/connect-service/v2.1/devices?action=search', body: {} }

describe('An EnOS application', () => {
  let clock: SetClock
  let simulator: Simulator
  let application: EnosApplication
  let requests: string[]
  const opened: { close(): unknown }[] = []

  const start = async (enos: SimulatorSettings['enos'] = {}) => {
    clock = new SetClock()
    requests = []
    const onRequest = ({ path }: RequestRecord) => requests.push(path.replace('/apim-token-service/v2.0', ''))
    simulator = await startSimulator({ port: 0, now: clock.wallMs, enos, onRequest })
    application = open()
    opened.push(simulator)
  }
  const open = (secrets: { appSecret?: string } = {}) => {
    const { url } = simulator
    const options = {
      gatewayUrl: url,
      integrationUrl: url,
      orgId: 'o-demo',
      appKey: 'demo-app',
      appSecret: 'demo-secret',
    }
    const opening = new EnosApplication({ ...options, ...secrets, clock })
    opened.push(opening)
    return opening
  }
  const tokenRequests = () => requests.filter((path) => path.startsWith('/token/'))
  afterEach(async () => {
    for (const item of opened.splice(0)) await item.close()
  })

  it('gets one token for however many calls', async () => {
    await start()
    await Promise.all(Array.from({ length: 30 }, () => application.call(search)))
    tokenRequests().should.deepEqual(['/token/get'])
  }).timeout(patienceMs)

  it('refreshes its token when less than ten minutes remain, and not before', async () => {
    await start()
    const first = await application.token()
    clock.advance(109 * minute)
    ;(await application.token()).should.equal(first)
    clock.advance(2 * minute)
    ;(await application.token()).should.not.equal(first)
    tokenRequests().should.deepEqual(['/token/get', '/token/refresh'])
    await application.call(search)
  })

  it('renews a token of a short life at 80 % of it', async () => {
    await start({ tokenLifeSeconds: 100 })
    const first = await application.token()
    clock.advance(79_000)
    ;(await application.token()).should.equal(first)
    clock.advance(2_000)
    ;(await application.token()).should.not.equal(first)
  })

  it('gets a token anew after its end', async () => {
    await start()
    await application.token()
    clock.advance(3 * 60 * minute)
    await application.call(search)
    tokenRequests().should.deepEqual(['/token/get', '/token/get'])
  })

  it('keeps its token through a step of the wall clock', async () => {
    await start({ clockSkewMs: null })
    const first = await application.token()
    clock.stepWall(-10 * 365 * 24 * 60 * minute)
    ;(await application.token()).should.equal(first)
  })

  it('never sends the same timestamp twice, so that 1001 cannot come from itself', async () => {
    await start({ refuseDuplicateEncryption: true })
    for (let count = 0; count < 5; count++) {
      simulator.setFaults([{ kind: 'token-expired', path: '/connect-service', times: 1 }])
      await application.call(search)
    }
    tokenRequests().length.should.equal(6)
  })

  it('tries once more with another timestamp when a twin took the same one', async () => {
    await start({ refuseDuplicateEncryption: true })
    const twin = open()
    await twin.token()
    await application.token()
    tokenRequests().length.should.equal(3)
  })

  for (const gatewayEnvelope of ['code', 'status', 'apim_status'] as const) {
    it(`gets another token and repeats the call once when ${gatewayEnvelope} says that the token is bad`, async () => {
      await start({ gatewayEnvelope })
      await application.call(search)
      simulator.setFaults([{ kind: 'token-expired', path: '/connect-service', times: 1 }])
      const { data } = await application.call(search)
      should(data).be.an.Array()
      requests.should.deepEqual([
        '/token/get',
        '/connect-service/v2.1/devices',
        '/connect-service/v2.1/devices',
        '/token/get',
        '/connect-service/v2.1/devices',
      ])
    })
  }

  it('repeats only once: a token that stays bad is an error', async () => {
    await start()
    simulator.setFaults([{ kind: 'token-expired', path: '/connect-service' }])
    await application.call(search).should.be.rejectedWith({ code: 'AUTH_EXPIRED' })
    requests.filter((path) => path.startsWith('/connect')).length.should.equal(2)
  })

  it('repeats once after a bare 401', async () => {
    await start()
    simulator.setFaults([{ kind: 'unauthorized', path: '/connect-service', times: 1 }])
    await application.call(search)
    requests.filter((path) => path.startsWith('/connect')).length.should.equal(2)
  })

  it('signs what it sends: unicode, blanks and signs in query and body arrive as they were', async () => {
    await start()
    const { data } = await application.call({
      method: 'POST',
      path: '/connect-service/v2.1/devices?action=search',
      query: { note: 'a b+c&d=é 电量%2B' },
      body: { expression: '', pagination: { pageNo: 1, pageSize: 10 }, note: '电量 °C' },
    })
    should(data).be.an.Array().with.length(1)
  })

  const refused: [title: string, call: Parameters<EnosApplication['call']>[0], code: string, cloudCode: string][] = [
    ['an unknown API', { method: 'GET', path: '/connect-service/v2.1/nothing' }, 'NOT_FOUND', '99404'],
    ['a foreign organisation', { ...search, query: { orgId: 'o-other' } }, 'PERMISSION_DENIED', '99403'],
    ['a wrong parameter', { ...search, body: { pagination: { pageNo: -1 } } }, 'VALIDATION_REFUSED', '99400'],
  ]
  for (const [title, call, code, cloudCode] of refused) {
    it(`answers ${title} with ${code} and the cloud's own code`, async () => {
      await start()
      await application.call(call).should.be.rejectedWith({ code, cloudCode })
    })
  }

  it('tells what keeps devices, commands and assets from being as asked, and does not blame the cloud', async () => {
    await start()
    const device = { assetId: 'asset-1' }
    const point = { measurepointId: 'temp' }
    const calls: [
      path: string,
      query: object,
      body: object | undefined,
      code: string,
      cloudCode: string,
      text: RegExp,
    ][] = [
      ['devices?action=enable', device, undefined, 'CONFLICT', '11794', /already/],
      ['devices?action=replaceDevice', device, { newDeviceKey: 'dK987654' }, 'CONFLICT', '11704', /another/],
      ['device-topos?action=searchSubDevice', {}, { gateway: device }, 'VALIDATION_REFUSED', '11738', /not one/],
      [
        'commands?action=setMeasurepoint',
        { ...device, ...point },
        { value: 1 },
        'NETWORK_UNREACHABLE',
        '11888',
        /never online/,
      ],
      [
        '/asset-tree-service/v2.1/asset-nodes?action=associateAsset',
        { ...device, treeId: 'none', parentAssetId: 'a' },
        undefined,
        'NOT_FOUND',
        '17404',
        /treeId/,
      ],
    ]
    for (const [path, query, body, code, cloudCode, text] of calls) {
      const whole = path.startsWith('/') ? path : `/connect-service/v2.1/${path}`
      await application
        .call({ method: 'POST', path: whole, query: query as Record<string, string>, body })
        .should.be.rejectedWith(text, { code, cloudCode })
    }
  })

  it('never repeats its secrets in an error', async () => {
    await start()
    const wrong = open({ appSecret: 'MARK-secret' })
    await wrong.token().should.be.rejectedWith({ message: /^(?!.*MARK)/ })
  })
})
