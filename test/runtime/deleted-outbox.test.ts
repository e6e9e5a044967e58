import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { patienceMs } from '../patience'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage } from './packed-package'

const onTab = { z: 'tab', x: 100, y: 100 }
const told =
  /Records are waiting in the folder \S*plant-outbox \(number: 2\), which no outbox configuration uses any more/g

describe('An outbox configuration that is deleted while records wait in its folder', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed | undefined
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
  })
  after(async () => {
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const flow = (url: string, outboxes: readonly string[], posts: string | undefined) => [
    { id: 'tab', type: 'tab', label: 'plant' },
    ...configurations(url).map((node) => ({
      ...node,
      credentials: demoCredentials[node.id as keyof typeof demoCredentials],
    })),
    ...outboxes.map((id) => ({
      id,
      type: 'cloud-outbox',
      folder: id === 'other' ? 'other-outbox' : 'plant-outbox',
    })),
    ...(posts === undefined
      ? []
      : [
          {
            ...onTab,
            id: 'press',
            type: 'inject',
            props: [{ p: 'payload' }],
            payload: '[{"n":1},{"n":2}]',
            payloadType: 'json',
            wires: [['post']],
          },
          {
            ...onTab,
            id: 'post',
            type: 'enos-post-measurepoint',
            channel: 'device',
            device: 'device',
            outbox: posts,
            wires: [[]],
          },
        ]),
    { ...onTab, id: 'control', type: 'cloud-outbox-control', outbox: 'other', wires: [[], []] },
  ]
  const ask = async (path: string) => nodeRed?.json(`/edgecourier/outbox/${path}`) as Promise<Record<string, unknown[]>>
  const until = async (isReached: () => Promise<boolean> | boolean) => {
    while (!(await isReached())) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const timesTold = () => nodeRed?.output().match(told)?.length ?? 0

  it('is reported after the deployment and each start, and by outbox control, until an outbox takes it', async () => {
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy(flow('http://127.0.0.1:9', ['plant', 'other'], 'plant'))
    await nodeRed.press('press')
    await until(
      async () => (await ask('plant')).lanes?.some((lane) => (lane as { pending: number }).pending === 2) === true,
    )
    await nodeRed.deploy(flow(simulator.url, ['other'], undefined))
    await until(() => timesTold() === 1)
    should((await ask('other/left-behind')).folders).matchAny({ folder: /plant-outbox$/, records: 2 })
    await nodeRed.stop()
    nodeRed = await startNodeRed(installed.userDir)
    await until(() => timesTold() === 1)
    await nodeRed.deploy(flow(simulator.url, ['anew', 'other'], 'anew'))
    await until(
      async () => (await ask('anew')).lanes?.some((lane) => (lane as { delivered: number }).delivered === 2) === true,
    )
    should(timesTold()).equal(1)
  })
})
