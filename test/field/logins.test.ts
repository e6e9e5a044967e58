import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import type { OutboxFigures } from '../../lib/outbox'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { patienceMs } from '../patience'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'

/** What an integrator does to a PC in the plant, and what EnOS sees of it: it blocks a device that logs in too often. */
describe('In the plant, an EnOS device', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let logins: number
  let accepted: number

  const tab = { id: 'tab', type: 'tab', label: 'plant' }
  const device = (change: object = {}) => ({
    id: 'device',
    type: 'enos-device',
    name: '',
    brokerUrl: simulator.url,
    productKey: 'pK11111',
    deviceKey: 'dK987654',
    lifetimeMs: 300_000,
    credentials: { deviceSecret: 'ds54321' },
    ...change,
  })
  const inject = {
    id: 'inject',
    type: 'inject',
    z: 'tab',
    x: 0,
    y: 0,
    props: [{ p: 'payload' }],
    payload: '{"temp":1}',
  }
  const button = { ...inject, payloadType: 'json', wires: [['node']] }
  const node = (outbox: string) => ({
    id: 'node',
    type: 'enos-post-measurepoint',
    z: 'tab',
    x: 0,
    y: 0,
    channel: 'device',
    device: 'device',
    outbox,
    wires: [[]],
  })
  const outboxConfiguration = { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox' }
  const flow = (outbox: string, more: object = {}) => [
    tab,
    outboxConfiguration,
    device(),
    button,
    { ...node(outbox), ...more },
  ]
  const until = async (figure: () => number | Promise<number>, least: number) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const now = await figure()
      if (now >= least) return
      if (Date.now() - since > 60_000) should(now).be.aboveOrEqual(least)
    }
  }
  const requests = () => accepted
  const storedSessions = () => {
    const folder = join(installed.userDir, 'edgecourier-sessions')
    if (!existsSync(folder)) return 0
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('"session"')).length
  }
  const sumOf = (figure: 'delivered' | 'pending') => async () => {
    const { lanes } = (await nodeRed.json('/edgecourier/outbox/outbox')) as OutboxFigures
    return lanes.reduce((sum, lane) => sum + lane[figure], 0)
  }
  const delivered = sumOf('delivered')

  beforeEach(async () => {
    installed = await installPackedPackage()
    logins = 0
    accepted = 0
    simulator = await startSimulator({
      port: 0,
      onRequest: ({ path, status }) => {
        if (path.startsWith('/auth/')) logins += 1
        else if (status === 200) accepted += 1
      },
    })
    nodeRed = await startNodeRed(installed.userDir)
  })
  afterEach(async () => {
    await nodeRed.stop()
    await simulator.close()
    installed.remove()
  })

  for (const outbox of ['', 'outbox'])
    it(`that is deployed again and again while its logins are slow logs in once, ${outbox ? 'with' : 'without'} an outbox`, async () => {
      simulator.setFaults([{ kind: 'slow', path: '/auth/', delayMs: 1_500 }])
      for (let count = 0; count < 12; count++) {
        const type = (['full', 'flows', 'nodes'] as const)[count % 3]
        await nodeRed.deploy(flow(outbox, { name: `wired ${count}` }), type)
        await nodeRed.press('inject')
      }
      await nodeRed.press('inject')
      await (outbox ? until(delivered, 13) : until(requests, 1))
      should(logins).equal(1)
    })

  it('on a PC that loses its power again and again logs in once, and loses nothing', async () => {
    await nodeRed.deploy(flow('outbox'))
    for (let count = 1; count <= 5; count++) {
      await nodeRed.press('inject')
      await until(requests, count)
      // What is not on the disk yet costs a login more.
      await until(storedSessions, 1)
      await nodeRed.kill()
      nodeRed = await startNodeRed(installed.userDir)
    }
    await nodeRed.press('inject')
    await until(requests, 6)
    should(logins).equal(1)
  })

  for (const type of ['nodes', 'flows'] as const)
    it(`whose tab was disabled meanwhile goes on with its backlog once ${type} brings the tab back`, async () => {
      const disabled = { ...tab, disabled: true }
      const rest = [outboxConfiguration, device(), button, node('outbox')]
      await nodeRed.deploy([tab, ...rest])
      simulator.setFaults([{ kind: 'server-error', path: '/topic' }])
      await nodeRed.press('inject')
      await until(sumOf('pending'), 1)
      await nodeRed.deploy([disabled, ...rest], 'nodes')
      const changed = [outboxConfiguration, device({ name: 'renamed' }), button, node('outbox')]
      await nodeRed.deploy([disabled, ...changed], 'nodes')
      simulator.setFaults([])
      await nodeRed.deploy([tab, ...changed], type)
      await until(delivered, 1)
      should(logins).equal(1)
    })
})
