import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import { patienceMs } from '../patience'
import { Users, user } from './log-in'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage } from './packed-package'

const tab = { id: 'tab', type: 'tab', label: 'plant' }
const onTab = { z: 'tab', x: 100, y: 100 }

describe('The figures of an outbox at the admin endpoint', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let users: Users
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    const logins = [user('operator', '*'), user('onlooker', 'read'), user('stranger', 'flows.read')]
    nodeRed = await startNodeRed(installed.userDir, { adminAuth: { type: 'credentials', users: logins } })
    users = new Users(nodeRed.url)
    await ask('/flows', 'operator', {
      method: 'POST',
      body: JSON.stringify([
        tab,
        ...configurations(simulator.url).map((node) => ({
          ...node,
          credentials: demoCredentials[node.id as keyof typeof demoCredentials],
        })),
        { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' },
        {
          ...onTab,
          id: 'at-start',
          type: 'inject',
          once: true,
          onceDelay: 0,
          props: [{ p: 'payload' }],
          payload: '{"temp":1}',
          payloadType: 'json',
          wires: [['post']],
        },
        {
          ...onTab,
          id: 'post',
          type: 'enos-post-measurepoint',
          channel: 'device',
          device: 'device',
          outbox: 'outbox',
          values: 'payload',
          valuesType: 'msg',
          timeField: 'time',
          timeliness: 'post',
          wires: [[]],
        },
      ]),
    })
  })
  after(async () => {
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const ask = (path: string, username: string | undefined, request?: RequestInit) => users.ask(path, username, request)

  for (const path of ['', '/metrics', '/evictions'].map((end) => `/edgecourier/outbox/outbox${end}`)) {
    it(`are not told at ${path} without a login, nor without the permission`, async () => {
      should((await ask(path, undefined)).status).equal(401)
      should((await ask(path, 'stranger')).status).equal(401)
    })
  }

  it('are told as JSON to a user who may only read, and balance', async () => {
    let figures: { lanes: Record<string, number>[] } = { lanes: [] }
    while (figures.lanes[0]?.delivered !== 1) {
      figures = (await (await ask('/edgecourier/outbox/outbox', 'onlooker')).json()) as typeof figures
    }
    const [lane] = figures.lanes
    should(lane).containEql({ accepted: 1, delivered: 1, pending: 0, dead: 0, evicted: 0 })
    should(JSON.stringify(figures)).not.match(/ds54321|demo-secret/)
  })

  it('are told in the form of Prometheus', async () => {
    const answer = await ask('/edgecourier/outbox/outbox/metrics', 'onlooker')
    should(answer.headers.get('content-type')).match(/^text\/plain; .*version=0\.0\.4/)
    should(await answer.text()).match(/^outbox_delivered_total\{.*lane="enos-device .*"\} 1$/m)
  })

  it('have the list of evictions beside them', async () => {
    const answer = await ask('/edgecourier/outbox/outbox/evictions?before=5&lane=nowhere', 'onlooker')
    should(await answer.json()).deepEqual({ evictions: [] })
    const refused = await ask('/edgecourier/outbox/outbox/evictions?before=yesterday', 'onlooker')
    should(refused.status).equal(400)
    should(await refused.json()).have.property('code', 'INPUT_INVALID')
  })

  it('are 404 with a code for an outbox that is not deployed', async () => {
    const answer = await ask('/edgecourier/outbox/nowhere', 'operator')
    should(answer.status).equal(404)
    should(await answer.json()).have.property('code', 'NOT_FOUND')
  })
})
