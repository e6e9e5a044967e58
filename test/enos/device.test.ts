import should from 'should'
import { EnosDevice, type Entries, type Entry, type EntryKind, SessionMemory, sendNow } from '../../lib/enos'
import { inSlices } from '../../lib/message'
import { type RequestRecord, type Simulator, type SimulatorSettings, startSimulator } from '../../lib/simulator'
import { SetClock } from '../http/set-clock'

const minute = 60_000
const given = (entries: readonly Entry[]): Entries => ({
  leavesOut: false,
  each: (take) => inSlices(entries, take),
})

describe('An EnOS device', () => {
  let clock: SetClock
  let simulator: Simulator
  let device: EnosDevice
  let requests: string[]
  const opened: { close(): unknown }[] = []

  const start = async (enos: SimulatorSettings['enos'] = {}) => {
    clock = new SetClock()
    requests = []
    const onRequest = ({ path }: RequestRecord) => requests.push(path)
    simulator = await startSimulator({ port: 0, now: clock.wallMs, enos, onRequest })
    opened.push(simulator)
    device = open()
  }
  const open = (options: Partial<ConstructorParameters<typeof EnosDevice>[0]> = {}) => {
    const opening = new EnosDevice({
      brokerUrl: simulator.url,
      productKey: 'pK11111',
      deviceKey: 'dK987654',
      deviceSecret: 'ds54321',
      lifetimeMs: 300_000,
      clock,
      ...options,
    })
    opened.push(opening)
    return opening
  }
  const entry = (values: Record<string, unknown>, more: Partial<Entry> = {}): Entry => ({
    device: undefined,
    timeMs: clock.wallMs(),
    values,
    ...more,
  })
  const send = (sender: EnosDevice, entries: Entry[], kind: EntryKind = 'measurepoint') =>
    sendNow(sender, { kind, entries: given(entries), timeliness: 'post', nowMs: clock.wallMs() })
  const post = (sender = device) => send(sender, [entry({ temp: 1 })])
  const logins = () => requests.filter((path) => path.startsWith('/auth/')).length
  afterEach(async () => {
    for (const item of opened.splice(0)) await item.close()
  })

  it('logs in once for however many callers', async () => {
    await start()
    await Promise.all(Array.from({ length: 30 }, () => post()))
    logins().should.equal(1)
  })

  it('logs in with an upper-case sign where that is asked for', async () => {
    await start()
    await post(open({ upperCaseSign: true }))
    logins().should.equal(1)
  })

  it('keeps its session as long as data flows', async () => {
    await start()
    for (let count = 0; count < 10; count++) {
      await post()
      clock.advance(3.9 * minute)
    }
    logins().should.equal(1)
  })

  it('logs in again before a silent session ends, at 80 % of its lifetime', async () => {
    await start()
    await post()
    clock.advance(4.1 * minute)
    await post()
    logins().should.equal(2)
  })

  it('logs in again and repeats once when the broker says that the session is bad', async () => {
    await start()
    await post()
    simulator.setFaults([{ kind: 'session-expired', times: 1 }])
    should((await post()).receipt.values).equal(1)
    logins().should.equal(2)
  })

  for (const sessionReject of [
    { http: 401, code: 401 },
    { http: 200, code: 1009 },
    { http: 403, code: 742 },
  ]) {
    it(`takes HTTP ${sessionReject.http} with code ${sessionReject.code} for a bad session`, async () => {
      await start({ sessionReject })
      await post()
      simulator.setFaults([{ kind: 'session-expired', times: 1 }])
      await post()
      logins().should.equal(2)
    })
  }

  it('never logs in more than three times within two minutes, and says when it will', async () => {
    await start()
    simulator.setFaults([{ kind: 'session-expired' }])
    for (let count = 0; count < 20; count++) {
      await post().should.be.rejected()
      clock.advance(3_000)
    }
    logins().should.be.belowOrEqual(3)
    simulator.setFaults([])
    clock.advance(2 * minute)
    await post()
  })

  it('says why the last login failed when the limit is reached', async () => {
    await start()
    const wrong = open({ deviceSecret: 'MARK' })
    for (let count = 0; count < 3; count++) await post(wrong).should.be.rejectedWith({ code: 'AUTH_REFUSED' })
    await post(wrong).should.be.rejectedWith({
      code: 'AUTH_LOGIN_LIMIT',
      retryAfterMs: 2 * minute,
      message: /120 s.*last login failed.*(?!MARK)/,
    })
    logins().should.equal(3)
  })

  it('does not log in again for a complaint that a fresh session did not cure, for two minutes', async () => {
    await start()
    simulator.setFaults([{ kind: 'unauthorized', path: '/topic' }])
    await post().should.be.rejected()
    logins().should.equal(2)
    clock.advance(minute)
    await post().should.be.rejected()
    logins().should.equal(2)
    clock.advance(minute)
    await post().should.be.rejected()
    logins().should.equal(3)
  })

  it('sends more than 200 attributes in several requests, and none is lost', async () => {
    await start()
    const values = Object.fromEntries(Array.from({ length: 450 }, (_, index) => [`a${index}`, index]))
    const { receipt } = await send(device, [entry(values)], 'attribute')
    receipt.should.deepEqual({ values: 450, entries: 3, requests: 3 })
    requests.filter((path) => path.endsWith('/thing/attribute/update')).length.should.equal(3)
  })

  it('takes by age what is older than a minute for late, and nothing younger', async () => {
    await start()
    const nowMs = clock.wallMs()
    const entries = [60_001, 60_000].map((ageMs) => entry({ temp: ageMs }, { timeMs: nowMs - ageMs }))
    await sendNow(device, { kind: 'measurepoint', entries: given(entries), timeliness: 'by-age', nowMs })
    requests
      .slice(1)
      .map((path) => path.split('/').at(-1))
      .should.deepEqual(['post', 'resume'])
  })

  it('does not count tries without a connection, so that it is online as soon as the line is', async () => {
    await start()
    const { port } = simulator
    await simulator.close()
    for (let count = 0; count < 6; count++) await post().should.be.rejectedWith({ code: 'NETWORK_UNREACHABLE' })
    opened.push(await startSimulator({ port, now: clock.wallMs }))
    await post()
  })

  it('needs no new login after a redeploy, nor may redeploys exhaust the limit', async () => {
    await start()
    const memory = new SessionMemory(clock)
    for (let count = 0; count < 6; count++) await post(open({ memory }))
    logins().should.equal(1)
  })

  it('logs in anew after a redeploy with another secret, so that a wrong one shows at once', async () => {
    await start()
    const memory = new SessionMemory(clock)
    await post(open({ memory }))
    await post(open({ memory, deviceSecret: 'typo' })).should.be.rejectedWith({ code: 'AUTH_REFUSED' })
    await post(open({ memory }))
    logins().should.be.belowOrEqual(3)
  })

  it('sends for sub-devices of its topology in one batch', async () => {
    await start()
    const child = { productKey: 'pk-child', deviceKey: 'dk-child' }
    const demo = {
      productKey: 'pK11111',
      deviceKey: 'dK987654',
      deviceSecret: 'ds54321',
      assetId: 'asset-1',
      modelId: 'Demo',
    }
    const devices = [
      { ...demo, gateway: null },
      { ...demo, ...child, assetId: 'asset-2', gateway: 'pK11111/dK987654' },
    ]
    await simulator.close()
    simulator = await startSimulator({ port: 0, now: clock.wallMs, seed: { enos: { devices } } })
    opened.push(simulator)
    await send(open(), [entry({ a: 1 }), entry({ a: 2 }, { device: child })])
    should(simulator.points('pk-child/dk-child')?.map(({ values }) => values)).deepEqual([{ a: 2 }])
  })

  it('refuses a whole batch rather than lose one bad value silently', async () => {
    await start()
    const models = [
      { modelId: 'Strict', allowAdditionalMeasurepoint: false, measurepoints: { temp: { dataType: 'DOUBLE' } } },
    ]
    const devices = [
      {
        productKey: 'pK11111',
        deviceKey: 'dK987654',
        deviceSecret: 'ds54321',
        assetId: 'asset-1',
        modelId: 'Strict',
        gateway: null,
      },
    ]
    await simulator.close()
    simulator = await startSimulator({ port: 0, now: clock.wallMs, seed: { enos: { devices, models } } })
    opened.push(simulator)
    await send(open(), [entry({ temp: 1 }), entry({ tmep: 2 })]).should.be.rejectedWith({
      code: 'VALIDATION_REFUSED',
      cloudCode: '1204',
    })
    should(simulator.points('asset-1')).be.empty()
  })

  it('cannot set attributes of another device', async () => {
    await start()
    await send(
      device,
      [entry({ a: 1 }, { device: { productKey: 'x', deviceKey: 'y' } })],
      'attribute',
    ).should.be.rejectedWith({ code: 'INPUT_INVALID', message: /integration channel/ })
  })

  it('refuses an entry that no request can hold before anything is sent', async () => {
    await start()
    await send(device, [entry({ a: 1 }), entry({ text: 'x'.repeat(600_000) })]).should.be.rejectedWith({
      code: 'INPUT_TOO_LARGE',
    })
    requests.should.be.empty()
  })

  it('tells of the live entry that no request can hold before it tells of a late one', async () => {
    await start()
    const nowMs = clock.wallMs()
    const late = entry({ temp: 1 }, { timeMs: nowMs - 2 * minute, device: { assetId: 'asset-1' } })
    const entries = given([late, entry({ text: 'x'.repeat(600_000) })])
    await sendNow(device, { kind: 'measurepoint', entries, timeliness: 'by-age', nowMs }).should.be.rejectedWith({
      code: 'INPUT_TOO_LARGE',
    })
    await sendNow(device, {
      kind: 'measurepoint',
      entries: given([late]),
      timeliness: 'by-age',
      nowMs,
    }).should.be.rejectedWith({ code: 'INPUT_INVALID' })
    requests.should.be.empty()
  })

  it('sends text beyond ASCII byte for byte, alone and in a batch', async () => {
    await start()
    const texts = ['Kühlung ❄', '冷却', '"\\\u2028']
    await send(device, [entry({ text: texts[0] })])
    await send(
      device,
      texts.map((text) => entry({ text })),
    )
    should(simulator.points('asset-1')?.map(({ values }) => values.text)).deepEqual([texts[0], ...texts])
  })
})
