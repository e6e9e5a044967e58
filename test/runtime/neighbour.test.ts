import { existsSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { patienceMs } from '../patience'
import { startNodeRed } from './node-red'
import { installPackedPackage } from './packed-package'

const tab = { id: 'tab', type: 'tab', label: 'plant' }

describe('Beside a package of ES modules that uses got and shares undici with it', function () {
  this.timeout(patienceMs)

  it('every node loads, and both packages send', async () => {
    const installed = await installPackedPackage(join(__dirname, 'neighbour'))
    const modules = join(installed.userDir, 'node_modules')
    for (const shared of ['got', 'undici']) should(existsSync(join(modules, shared))).be.true()
    should(existsSync(join(modules, '@edgecourier/esm-neighbour/node_modules'))).be.false()
    const simulator = await startSimulator({ port: 0 })
    const nodeRed = await startNodeRed(installed.userDir)
    try {
      const sets = (await nodeRed.json('/nodes')) as { name: string; module: string; err?: string }[]
      should(sets.filter(({ err }) => err)).be.empty()
      should(sets.map(({ name }) => name)).containEql('esm-neighbour')
      await nodeRed.deploy(flow(simulator.url))
      const shown = await nodeRed.editor.debugMessages(2, () => nodeRed.press('press'))
      should(shown.get('receipt')).have.property('msg', '1')
      should(shown.get('status')).have.property('msg', '200')
    } finally {
      await nodeRed.stop()
      await simulator.close()
      installed.remove()
    }
  })
})

const flow = (cloudUrl: string) => [
  tab,
  ...configurations(cloudUrl).map((node) => ({
    ...node,
    credentials: demoCredentials[node.id as keyof typeof demoCredentials],
  })),
  {
    id: 'press',
    type: 'inject',
    z: 'tab',
    props: [{ p: 'payload' }, { p: 'url', v: `${cloudUrl}/_simulator/state`, vt: 'str' }],
    payload: '{"temperature":21.5}',
    payloadType: 'json',
    wires: [['post', 'neighbour']],
  },
  { id: 'post', type: 'enos-post-measurepoint', z: 'tab', channel: 'device', device: 'device', wires: [['receipt']] },
  { id: 'neighbour', type: 'esm-neighbour', z: 'tab', wires: [['status']] },
  ...[
    ['receipt', 'payload.points'],
    ['status', 'payload'],
  ].map(([id, complete]) => ({
    id,
    type: 'debug',
    z: 'tab',
    active: true,
    tosidebar: true,
    complete,
    targetType: 'msg',
  })),
]
