import type { NodeAPI } from 'node-red'
import should from 'should'
import { ConnectorError, say } from '../../lib/core'
import { asConnectorError } from '../../lib/runtime/connector-error'
import type { Simulator } from '../../lib/simulator'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'

const { util } = require('@node-red/util') as {
  util: NodeAPI['util'] & { encodeObject(told: object): { msg: string } }
}

describe('An error', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  it('tells a Catch node what failed and what to do, then the cloud’s words, code and a plain cause', async () => {
    const wrong = { ...demoCredentials, device: { deviceSecret: 'x' } }
    const node = { id: 'node', type: 'enos-post-measurepoint', channel: 'device', device: 'device', wires: [['out']] }
    flow = await startFlow(enosTypes, [...configurations(simulator.url), node], wrong)
    const caught = flow.next('caught')
    flow.send('node', { payload: { n: 1 } })
    const { error } = await caught
    should(error?.message).match(
      /^Logging in device dK987654: The login was refused\. Check product key, device key and device secret\. EnOS answered "[^"•]+" \(HTTP 200, code 401\)\.$/,
    )
    should(error).have.property('code', 'AUTH_REFUSED')
    should(error).not.have.property('stack')
    should(Object.getPrototypeOf(error?.cause ?? '')).equal(Object.prototype)
    should(JSON.parse(JSON.stringify(error?.cause))).have.properties({ statusCode: 200, cloudCode: '401' })
  })

  it('that no Catch node gets is told once in the debug sidebar, its cause in words', () => {
    const details = { statusCode: 401, cloudCode: '742' }
    const error = asConnectorError(new ConnectorError('AUTH_REFUSED', say`Refused.`, details), () => 'Abgelehnt.')
    const { data } = JSON.parse(util.encodeObject({ msg: error }).msg)
    should(data).deepEqual({
      name: 'ConnectorError',
      message: 'Abgelehnt.',
      code: 'AUTH_REFUSED',
      cause: 'statusCode 401, cloudCode 742',
    })
  })
})
