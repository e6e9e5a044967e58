import fc from 'fast-check'
import should from 'should'
import type { Preview, PreviewedRequest } from '../../lib/runtime/previewing'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { askAdmin, type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { outboxTypes } from './outbox'
import { masked, startRecordedLine, withoutBoundary } from './recorded-line'
import {
  configuration,
  gatewayId,
  seed as thingplus,
  demoCredentials as thingplusCredentials,
  thingplusTypes,
} from './thingplus'

const points = 'enos-post-measurepoint'
const values = 'thingplus-send-value'
const hourMs = 3_600_000

describe('A preview of what would be sent', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let line: Awaited<ReturnType<typeof startRecordedLine>>
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    folder = await newFolder('preview')
    await simulate({ thingplus })
  })
  afterEach(async () => {
    await stopFlow()
    await line.close()
    await simulator.close()
    await removeFolder(folder)
  })

  const simulate = async (seed: object) => {
    simulator = await startSimulator({ port: 0, seed })
    line = await startRecordedLine(simulator.url)
  }
  const asNew = { timeliness: 'by-age', modelCheck: 'warn', unsendable: 'leave-out' }
  const start = async (node: Record<string, unknown> & { type: string }) => {
    const outbox = { id: 'outbox', type: 'cloud-outbox', folder, maxMegabytes: 10, whenFull: 'refuse' }
    flow = await startFlow(
      [...enosTypes, ...thingplusTypes, ...outboxTypes],
      [
        ...configurations(line.url),
        configuration(line.url),
        outbox,
        { id: 'node', app: 'app', device: 'device', client: 'client', gatewayId, wires: [['out']], ...asNew, ...node },
      ],
      { ...demoCredentials, ...thingplusCredentials },
    )
  }
  const previewed = async (msg: object) => (await flow.run('node', { ...msg, preview: true })).payload as Preview
  const bare = ({ method, url, headers, body }: PreviewedRequest) => ({ method, url, headers, body })
  /** Sends a message and waits until as many requests have come in. */
  const received = async (msg: object, count: number, isKept: boolean) => {
    const before = line.requests.length
    if (isKept) {
      const accepted = flow.completed('node')
      flow.send('node', msg)
      await accepted
      await line.until(before + count)
    } else await flow.run('node', msg)
    return line.requests.slice(before)
  }
  const sameAsSent = async (msg: object, isKept = false) => {
    const { requests, requestCount, way } = await previewed(structuredClone(msg))
    should(line.requests).have.length(0)
    should(way).equal(isKept ? 'outbox' : 'now')
    should(requestCount).equal(requests.length)
    const sent = await received(structuredClone(msg), requestCount, isKept)
    const names = Object.keys(requests[0]?.headers ?? {})
    should(sent.map((request) => withoutBoundary(masked(request, names)))).eql(requests.map(bare).map(withoutBoundary))
    return requests
  }

  const ways: [what: string, isKept: boolean, settings: object][] = [
    ['at once', false, {}],
    ['from an outbox', true, { outbox: 'outbox' }],
  ]
  for (const [what, isKept, settings] of ways) {
    it(`is byte for byte what a device of EnOS then sends ${what}, but for its session`, async () => {
      await start({ type: points, ...settings })
      const [request] = await sameAsSent({ payload: { temp: 21.5, state: 'on', time: Date.now() } }, isKept)
      should(request?.url).endWith('/thing/measurepoint/post?sessionId=***')
    })

    it(`is what it then sends ${what} of live and late entries`, async () => {
      await start({ type: points, ...settings })
      const nowMs = Date.now()
      const payload = [nowMs - 3 * hourMs, nowMs - 2 * hourMs, nowMs].map((time, temp) => ({ temp, time }))
      const requests = await sameAsSent({ payload }, isKept)
      should(requests).have.length(2)
    })

    it(`is what the integration channel then sends ${what}, but for its token`, async () => {
      await start({ type: points, channel: 'integration', assetId: 'asset-1', ...settings })
      const time = Date.now()
      const [request] = await sameAsSent(
        {
          payload: [
            { temp: 1, time: time - 1 },
            { temp: 2, time },
          ],
        },
        isKept,
      )
      should(request?.headers).have.property('apim-accesstoken', '***')
    })

    it(`is what then goes to Thing+ ${what}, but for its token`, async () => {
      await start({ type: values, ...settings })
      const time = Date.now()
      const payload = {
        temperature: [
          { value: 20, time: time - 1000 },
          { value: 21.5, time },
        ],
        door: { value: true, time },
      }
      const requests = await sameAsSent({ payload }, isKept)
      should(requests).have.length(2)
      should(requests[0]?.headers).have.property('authorization', 'Bearer ***')
    })
  }

  // Of what is left out, beside what is sent, other tests tell.
  it('is what is then sent of any values and times', async () => {
    await start({ type: points })
    const entry = fc.record({
      values: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 8 }),
        fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.string()),
      ),
      ageMs: fc.nat({ max: 2 * hourMs }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 5 }), async (entries) => {
        line.requests.length = 0
        const nowMs = Date.now()
        const payload = entries.map(({ values: measurepoints, ageMs }) => ({ measurepoints, time: nowMs - ageMs }))
        const msg = { payload: [...payload, { measurepoints: { temp: 1 }, time: nowMs }] }
        await sameAsSent(msg).catch(failsAlike(msg))
      }),
      { numRuns: 25 },
    )
  })

  /** A message that cannot be sent has no preview either, and for the same reason. */
  const failsAlike = (msg: object) => async (failure: Error) => {
    if (failure.name === 'AssertionError') throw failure
    await should(flow.run('node', structuredClone(msg))).be.rejectedWith(failure.message)
  }

  it('shows the last message that came, as it came, whatever became of it later', async () => {
    await start({ type: points, point: 'temp' })
    const { topic } = await flow.run('node', { payload: 21.5, topic: 'kept' })
    should(topic).equal('kept')
    const { payload } = await flow.run('node', { preview: 'last' })
    const [shown] = (payload as Preview).requests
    const [sent] = line.requests
    // The next message would have the next number.
    should(shown?.body).equal(sent?.body.replace('"id":"1"', '"id":"2"'))
    should(line.requests).have.length(1)
  })

  it('says that no message has come yet', async () => {
    await start({ type: points })
    await should(flow.run('node', { preview: 'last' })).be.rejectedWith(/No message has come to this node/)
  })

  it('names each value that is left out or doubtful, and why', async () => {
    await line.close()
    await simulator.close()
    const measurepoints = { temp: { dataType: 'DOUBLE' }, pump_speed: { dataType: 'DOUBLE' } }
    await simulate({ enos: { models: [{ modelId: 'Demo', measurepoints }] } })
    await start({ type: points })
    const { warnings, rejected, requests, unchecked } = await previewed({
      payload: { temp: 'BAD', pump_spead: 5 },
    })
    should(unchecked).eql([])
    should(rejected).matchAny({ point: 'temp' })
    should(warnings).matchAny({ point: 'pump_spead' })
    should(marked(requests[0])).eql(['"pump_spead":5'])
    should(requests[0]?.body).not.containEql('BAD')
  })

  const marked = (request: PreviewedRequest | undefined) =>
    request?.marks.map(({ start, end }) => request.body.slice(start, end))

  it('marks only those of equal values that are doubtful, in the request in which they are', async () => {
    await start({ type: points, modelCheck: 'off' })
    const time = Date.now()
    const uncertain = { value: { dataType: 'Double', value: 5 }, statusCode: { value: 0x40000000, name: 'Uncertain' } }
    const payload = [5, uncertain, 5].map((temp, at) => ({ temp, text: ',"temp":5', time: time - at }))
    const { requests } = await previewed({ payload })
    should(requests.map(marked)).eql([['"temp":5']])
    const [request] = requests
    should(request?.body.slice(request.marks[0]?.end)).startWith(`,"text":",\\"temp\\":5"},"time":${time - 1}`)
  })

  it('marks the doubtful values of a sensor', async () => {
    await start({ type: values })
    const time = Date.now()
    const payload = { temperature: [1, 1_700_000_000_000, 1].map((value, at) => ({ value, time: time + at })) }
    for (const outbox of ['', 'outbox']) {
      await stopFlow()
      await start({ type: values, outbox })
      should((await previewed({ payload })).requests.map(marked)).eql([['"value":"1700000000000"']])
    }
  })

  it('fails as the message itself would, without a change to the badge', async () => {
    await start({ type: points })
    const shown = flow.statuses('node').length
    await should(flow.run('node', { preview: true, payload: {} })).be.rejectedWith(/holds no values/)
    should(flow.statuses('node')).have.length(shown)
  })

  it('works for a dialog with a configuration that is not deployed, its stored secret left out', async () => {
    await start({ type: points })
    const [, device] = configurations('http://127.0.0.1:9')
    const values = {
      ...asNew,
      channel: 'device',
      device: 'device',
      values: 'payload',
      valuesType: 'msg',
      timeField: 'time',
    }
    const { id = '', type, ...edited } = device ?? {}
    const configuration = { id, type, values: { ...edited, deviceSecret: '__PWRD__' } }
    const answer = (await askAdmin(`/edgecourier/preview/${points}`, {
      id: 'new',
      values,
      configurations: [configuration],
      sample: '{"temp": 1}',
    })) as Preview
    should(answer.requests?.[0]?.url).equal(
      'http://127.0.0.1:9/topic/sys/pK11111/dK987654/thing/measurepoint/post?sessionId=***',
      JSON.stringify(answer),
    )
  })

  it('says what is not known where the cloud does not answer, and shows the rest', async () => {
    await start({ type: values })
    await line.close()
    const { unchecked, requests } = await previewed({ payload: { temperature: 21.5 } })
    should(String(unchecked[0])).match(/type of the sensor "temperature" is not known/)
    should(requests[0]?.body).match(/"value":"21.5"/)
  })
})
