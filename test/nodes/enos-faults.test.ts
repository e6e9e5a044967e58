import { once } from 'node:events'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { exportedModel } from '../enos/models'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'

const post = { type: 'enos-post-measurepoint', channel: 'device' }
const integrate = { type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1', assetIdType: 'str' }
const upload = { type: 'enos-upload-model' }

/** How Node-RED writes a setting that comes from the environment. */
const placeholder = (variable: string) => `\${${variable}}`

const refuse = () => {
  throw new Error('cannot be copied')
}

interface Fault {
  title: string
  code: string
  text: RegExp
  node: Record<string, unknown> & { type: string }
  payload?: unknown
  /** Changes of the two configurations. */
  configuration?: Record<string, unknown>
  credentials?: typeof demoCredentials
}

describe('An EnOS node that meets a mistake', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(async () => {
    await startRuntime()
    folder = await newFolder('enos-faults')
    await writeFile(join(folder, 'empty.json'), '')
    await writeFile(join(folder, 'large.json'), '')
    await truncate(join(folder, 'large.json'), 200 * 1024 * 1024)
  })
  after(async () => {
    await stopRuntime()
    await removeFolder(folder)
  })
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  const start = async ({ node, configuration, credentials }: Pick<Fault, 'node' | 'configuration' | 'credentials'>) => {
    flow = await startFlow(
      enosTypes,
      [
        ...configurations(simulator.url).map((config) => ({ ...config, ...configuration })),
        { id: 'node', app: 'app', device: 'device', wires: [['out']], ...node },
      ],
      credentials ?? demoCredentials,
    )
  }

  const circular: Record<string, unknown> = { temp: 1 }
  circular.self = circular

  const badMessages: Fault[] = [
    { title: 'an empty payload', node: post, payload: '', code: 'INPUT_EMPTY', text: /no values/ },
    { title: 'NaN', node: post, payload: { temp: Number.NaN }, code: 'INPUT_INVALID', text: /"temp": NaN/ },
    {
      title: 'a time in seconds',
      node: post,
      payload: { t: 1, time: 1_700_000_000 },
      code: 'INPUT_TIME_INVALID',
      text: /1000/,
    },
    { title: 'a circular object', node: post, payload: circular, code: 'INPUT_CIRCULAR', text: /contains itself/ },
    { title: 'a circular model', node: upload, payload: circular, code: 'INPUT_CIRCULAR', text: /refers to itself/ },
    {
      title: 'an asset id at a device',
      node: post,
      payload: { t: 1, assetId: 'a' },
      code: 'INPUT_INVALID',
      text: /integration channel/,
    },
  ]
  for (const fault of badMessages) {
    it(`answers ${fault.title} with ${fault.code} on Catch, leaves the payload as it was, and takes the next message`, async () => {
      await start(fault)
      const caught = flow.next('caught')
      flow.send('node', { payload: fault.payload, topic: 'kept' })
      const { error, payload, topic } = await caught
      should(error).containEql({ code: fault.code })
      should(error?.message).match(fault.text)
      should(payload).eql(fault.payload)
      should(topic).equal('kept')
      const completed = flow.next('completed')
      await flow.run('node', { payload: fault.node === upload ? exportedModel : { temp: 1 } })
      await completed
      await flow.status('node', 'green')
      flow.received('caught').length.should.equal(1)
      flow.received('completed').length.should.equal(1)
    })
  }

  const badFiles: [title: string, name: string, code: string][] = [
    ['a missing file', 'nowhere.json', 'FILE_NOT_FOUND'],
    ['an empty file', 'empty.json', 'FILE_EMPTY'],
    ['a 200 MB file', 'large.json', 'FILE_TOO_LARGE'],
  ]
  for (const [title, name, code] of badFiles) {
    it(`answers ${title} with ${code} before anything is sent`, async () => {
      await start({ node: upload })
      const caught = flow.next('caught')
      flow.send('node', { payload: join(folder, name) })
      should((await caught).error).containEql({ code })
      should(simulator.state().requests).equal(0)
      should((await flow.run('node', { payload: exportedModel })).payload).have.property('modelId', 'Pump')
    })
  }

  const wrong = (secrets: Partial<typeof demoCredentials>) => ({ ...demoCredentials, ...secrets })
  const badConfigurations: Fault[] = [
    {
      title: 'a wrong app secret',
      node: integrate,
      credentials: wrong({ app: { appKey: 'demo-app', appSecret: 'MARK' } }),
      code: 'AUTH_REFUSED',
      text: /secret is wrong/,
    },
    {
      title: 'an unknown app key',
      node: integrate,
      credentials: wrong({ app: { appKey: 'MARK', appSecret: 'demo-secret' } }),
      code: 'AUTH_REFUSED',
      text: /app key is unknown/,
    },
    {
      title: 'a wrong device secret',
      node: post,
      credentials: wrong({ device: { deviceSecret: 'MARK' } }),
      code: 'AUTH_REFUSED',
      text: /device secret/,
    },
    {
      title: 'an unknown device',
      node: post,
      configuration: { deviceKey: 'nobody' },
      code: 'AUTH_REFUSED',
      text: /does not exist/,
    },
    {
      title: 'an unreachable host',
      node: post,
      configuration: { brokerUrl: 'http://127.0.0.1:9' },
      code: 'NETWORK_UNREACHABLE',
      text: /No connection/,
    },
    {
      title: 'a host name that is no URL',
      node: post,
      configuration: { brokerUrl: 'iot-http-cn5' },
      code: 'CONFIG_INVALID_URL',
      text: /https:\/\//,
    },
    {
      title: 'an empty URL',
      node: post,
      configuration: { brokerUrl: '' },
      code: 'CONFIG_INCOMPLETE',
      text: /broker URL is empty/,
    },
    {
      title: 'an unset environment variable',
      node: post,
      configuration: { brokerUrl: placeholder('NO_SUCH_VARIABLE') },
      code: 'CONFIG_ENV_UNSET',
      text: /NO_SUCH_VARIABLE is not set/,
    },
    {
      title: 'an unset environment variable as a secret',
      node: post,
      credentials: wrong({ device: { deviceSecret: placeholder('NO_SUCH_SECRET') } }),
      code: 'CONFIG_ENV_UNSET',
      text: /NO_SUCH_SECRET is not set/,
    },
    {
      title: 'no configuration',
      node: { ...post, device: '' },
      code: 'CONFIG_INCOMPLETE',
      text: /No enos-device configuration/,
    },
    {
      title: 'a missing secret',
      node: post,
      credentials: wrong({ device: { deviceSecret: '' } }),
      code: 'CONFIG_INCOMPLETE',
      text: /^The enos-device configuration is not complete\. Enter what is missing: Device secret\.$/,
    },
  ]
  for (const fault of badConfigurations) {
    it(`answers ${fault.title} with ${fault.code} on Catch, and works once it is corrected`, async () => {
      await start(fault)
      const caught = flow.next('caught')
      const payload = { temp: 1 }
      flow.send('node', { payload })
      const msg = await caught
      should(msg.error).containEql({ code: fault.code })
      should(msg.error?.message).match(fault.text)
      should(msg.payload).deepEqual(payload)
      JSON.stringify(msg).should.not.containEql('MARK')
      await flow.status('node', 'red')
      await stopFlow()
      await start({ node: fault.node.device === '' ? post : fault.node })
      should((await flow.run('node', { payload })).payload).have.property('points', 1)
    })
  }

  it('takes a burst of 2000 messages without a warning of Node.js', async () => {
    const warnings: string[] = []
    const listen = ({ message }: Error) => warnings.push(message)
    process.on('warning', listen)
    await start({ node: post })
    await flow.run('node', { payload: { temp: 0 } })
    for (let temp = 1; temp <= 2_000; temp++) flow.send('node', { payload: { temp } })
    while (flow.received('out').length + flow.received('caught').length <= 2_000) await flow.next('out')
    process.off('warning', listen)
    should(warnings).be.empty()
    should(flow.received('caught')).be.empty()
  }).timeout(patienceMs)

  it('sends on a copy of a message that cannot be changed', async () => {
    await start({ node: post })
    const { payload, topic } = await flow.run(
      'node',
      Object.freeze({ _msgid: 'm', topic: 'kept', payload: { temp: 1 } }),
    )
    should(payload).have.property('points', 1)
    should(topic).equal('kept')
  })

  it('survives a message that Node-RED cannot hand to a Catch node', async () => {
    await start({ node: post })
    flow.send('node', {
      get payload() {
        throw new Error('unreadable')
      },
    })
    const [rejection] = await Promise.race([
      once(process, 'unhandledRejection'),
      flow.status('node', 'red').then(() => new Promise<[]>((resolve) => setImmediate(() => resolve([])))),
    ])
    should(rejection).be.undefined()
    should((await flow.run('node', { payload: { temp: 1 } })).payload).have.property('points', 1)
  })

  it('survives an error that cannot be told in any way', async () => {
    await start({ node: post })
    const node = flow.node('node')
    const { error } = node
    const told = new Promise<void>((resolve) => {
      node.error = () => {
        resolve()
        throw new Error('not told')
      }
    })
    const rejected: unknown[] = []
    const listen = (reason: unknown) => rejected.push(reason)
    process.on('unhandledRejection', listen)
    flow.send('node', new Proxy({ payload: {} }, { ownKeys: refuse }))
    await told
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listen)
    node.error = error
    should(rejected).be.empty()
    should((await flow.run('node', { payload: { temp: 1 } })).payload).have.property('points', 1)
  })

  it('takes a URL with a trailing slash', async () => {
    await start({ node: post, configuration: { brokerUrl: `${simulator.url}/` } })
    should((await flow.run('node', { payload: { temp: 1 } })).payload).have.property('points', 1)
  })

  it('says how much of a large array was accepted when the line breaks in the middle', async () => {
    await start({ node: post })
    simulator.setFaults([{ kind: 'server-error', path: '/topic', after: 1 }])
    const caught = flow.next('caught')
    const payload = Array.from({ length: 9_000 }, (_, index) => ({ n: index, text: 'x'.repeat(60) }))
    flow.send('node', { payload })
    const { error } = await caught
    should(error).have.property('code', 'CLOUD_ERROR')
    const accepted = Number(/Accepted: (\d+) of 9000 entries/.exec(error?.message ?? '')?.[1])
    should((simulator.state().enos as { entriesAccepted: number }).entriesAccepted).equal(accepted)
  })

  const cloudFaults: [title: string, fault: Parameters<Simulator['setFaults']>[0][number], code: string][] = [
    ['429', { kind: 'throttled', retryAfterSeconds: 7 }, 'THROTTLED'],
    ['503', { kind: 'server-error' }, 'CLOUD_ERROR'],
    ['a reset', { kind: 'reset' }, 'NETWORK_INTERRUPTED'],
    ['a lost reply', { kind: 'reply-lost' }, 'NETWORK_INTERRUPTED'],
    ['torn JSON', { kind: 'bad-json' }, 'RESPONSE_UNREADABLE'],
  ]
  for (const [title, fault, code] of cloudFaults) {
    it(`answers ${title} of the cloud with ${code}, once, and goes on`, async () => {
      await start({ node: post })
      await flow.run('node', { payload: { temp: 0 } })
      simulator.setFaults([{ ...fault, times: 1 }])
      const caught = flow.next('caught')
      flow.send('node', { payload: { temp: 1 } })
      should((await caught).error).have.property('code', code)
      should((await flow.run('node', { payload: { temp: 2 } })).payload).have.property('points', 1)
      flow.received('caught').length.should.equal(1)
    })
  }

  it('hands the wait that the cloud asks for to the Catch node', async () => {
    await start({ node: post })
    simulator.setFaults([{ kind: 'throttled', path: '/topic', retryAfterSeconds: 7 }])
    const caught = flow.next('caught')
    flow.send('node', { payload: { temp: 1 } })
    should((await caught).error?.cause).containEql({ statusCode: 429, retryAfterMs: 7000 })
  })

  it('stops when it is deployed again while requests hang, and ends each message once', async () => {
    await start({ node: post })
    await flow.run('node', { payload: { temp: 0 } })
    simulator.setFaults([{ kind: 'slow', delayMs: 60_000 }])
    for (let count = 0; count < 5; count++) flow.send('node', { payload: { temp: count } })
    while ((simulator.state().requests as number) < 7) await new Promise((resolve) => setImmediate(resolve))
    const since = performance.now()
    await stopFlow()
    // Node-RED itself gives up after 15 s.
    ;(performance.now() - since).should.be.below(12_000)
  })
})
