import should from 'should'
import { freePort } from '../ports'
import { startFlow, startRuntime, stopFlow, stopRuntime } from './flow'

import cloudSimulator = require('../../nodes/cloud-simulator')

describe('The cloud simulator node', () => {
  before(startRuntime)
  after(stopRuntime)
  afterEach(stopFlow)

  it('warns that it is not a cloud, and takes its address from nobody', async () => {
    const port = await freePort()
    const simulator = { id: 'simulator', type: 'cloud-simulator', port, host: '0.0.0.0', seed: '', wires: [['out']] }
    const flow = await startFlow([cloudSimulator], [simulator])
    should(await flow.status('simulator', 'yellow'))
      .have.property('text')
      .match(/status\.simulating · 0$/)
    const { status } = await fetch(`http://127.0.0.1:${port}/_simulator/state`)
    should(status).equal(200)
  })
})
