import should from 'should'
import { freePort } from '../ports'
import { logIn, publish } from '../simulator/enos-client'
import { startFlow, startRuntime, stopFlow, stopRuntime } from './flow'

import cloudSimulator = require('../../nodes/cloud-simulator')

describe('The cloud simulator node', () => {
  before(startRuntime)
  after(stopRuntime)
  afterEach(stopFlow)

  it('shows where it listens, and takes its address from nobody', async () => {
    const port = await freePort()
    const simulator = { id: 'simulator', type: 'cloud-simulator', port, host: '0.0.0.0', seed: '', wires: [['out']] }
    const flow = await startFlow([cloudSimulator], [simulator])
    should(await flow.status('simulator', 'yellow')).have.property('text', `http://127.0.0.1:${port} · no values yet`)
    const { status } = await fetch(`http://127.0.0.1:${port}/_simulator/state`)
    should(status).equal(200)
  })

  it('counts what each cloud has accepted since its own deployment, not since the simulator started', async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const simulator = { id: 'simulator', type: 'cloud-simulator', port, seed: '', wires: [[]] }
    const post = async () =>
      publish(url, await logIn(url), 'thing/measurepoint/post', { measurepoints: { a: 1, b: 2 }, time: 1 })
    const first = await startFlow([cloudSimulator], [simulator])
    await first.status('simulator', 'yellow')
    await post()
    await first.statusText('simulator', / · EnOS: 2 values$/)
    await stopFlow()
    const second = await startFlow([cloudSimulator], [simulator])
    await post()
    await second.statusText('simulator', / · EnOS: 2 values$/)
    const state = (await (await fetch(`${url}/_simulator/state`)).json()) as { enos: { pointsAccepted: number } }
    should(state.enos.pointsAccepted).equal(4)
    second.send('simulator', { payload: { reset: true } })
    await second.statusText('simulator', / · no values yet$/)
  })
})
