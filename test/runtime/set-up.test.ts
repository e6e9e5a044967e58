import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { configurations, demoCredentials } from '../nodes/enos'
import {
  configuration,
  gatewayId,
  seed as thingplus,
  demoCredentials as thingplusCredentials,
} from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage } from './packed-package'

interface Answer {
  code?: string
  message?: string
  text?: string
  why?: string
  choices?: { label: string }[]
}

interface Demo {
  url: string
  port: number
  isOfNode: boolean
  settings: Record<string, object>
}

describe('What the set-up of a dialog asks of Node-RED', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  before(async () => {
    installed = await installPackedPackage()
    const models = [{ modelId: 'Demo', measurepoints: {}, allowAdditionalMeasurepoint: true }]
    simulator = await startSimulator({ port: 0, seed: { enos: { models }, thingplus } })
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'plant' }])
  })
  after(async () => {
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const ask = async <Told>(path: string, body: object): Promise<Told> => {
    const answer = await fetch(`${nodeRed.url}/edgecourier/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Told
  }
  const app = () => ({ ...configurations(simulator.url)[0], ...demoCredentials.app })
  const device = () => ({ ...configurations(simulator.url)[1], ...demoCredentials.device })
  const client = () => ({ ...configuration(simulator.url), ...thingplusCredentials.client })
  const keys = { productKey: 'pK11111', deviceKey: 'dK987654' }

  it('sends typed values through an application, a device and a client, none of them deployed', async () => {
    const tried: [type: string, values: object, outer: object, text: string][] = [
      ['enos-app', app(), keys, 'EnOS has accepted temperature = 21.5.'],
      ['enos-app', app(), { assetId: 'asset-1' }, 'EnOS has accepted temperature = 21.5.'],
      ['enos-device', device(), {}, 'EnOS has accepted temperature = 21.5.'],
      ['thingplus-client', client(), { gatewayId }, 'Thing+ has accepted temperature = 21.5.'],
    ]
    for (const [type, values, outer, text] of tried) {
      const answer = await ask<Answer>(`try/${type}`, { id: 'new', values, outer, points: { temperature: 21.5 } })
      should(answer).deepEqual({ text })
    }
    should(simulator.state().enos).containEql({ pointsAccepted: 3 })
    should(simulator.state().thingplus).containEql({ valuesAccepted: 1 })
  })

  it('says of a value that the cloud refuses what was refused, and why', async () => {
    const refused: [type: string, values: object, outer: object, points: object | undefined, code: string][] = [
      ['enos-app', app(), { productKey: 'pK11111', deviceKey: 'no such' }, { temperature: 1 }, 'NOT_FOUND'],
      ['enos-app', app(), {}, { temperature: 1 }, 'CONFIG_INCOMPLETE'],
      ['enos-device', { ...device(), deviceSecret: 'wrong' }, {}, { temperature: 1 }, 'AUTH_REFUSED'],
      ['thingplus-client', client(), { gatewayId }, { 'no such': 1 }, 'NOT_FOUND'],
      ['enos-app', app(), keys, undefined, 'INPUT_INVALID'],
    ]
    for (const [type, values, outer, points, code] of refused) {
      const answer = await ask<Answer>(`try/${type}`, { id: 'new', values, outer, points })
      should(answer).have.property('code', code)
      should(answer.message).be.a.String().and.not.be.empty()
    }
  })

  it('says why a list is empty, and what to do about it', async () => {
    should(await ask<Answer>('choices/enos-measurepoints', { id: 'new', values: app(), outer: keys }))
      .have.property('why')
      .which.match(/^The thing model Demo has no measurement points\. Add some/)
    const searched = { id: 'new', values: app(), outer: keys, search: 'x' }
    should(await ask<Answer>('choices/enos-measurepoints', searched)).not.have.property('why')
  })

  it('has one simulator run, whose demo accounts find a device with points, and a gateway with sensors', async () => {
    const demo = await ask<Demo>('simulator', {})
    should(await ask<Demo>('simulator', {})).deepEqual(demo)
    should(demo.isOfNode).be.false()
    const values = (type: string) => ({ id: 'new', values: demo.settings[type] })
    const labels = async (kind: string, type: string, outer: object) => {
      const { choices = [] } = await ask<Answer>(`choices/${kind}`, { ...values(type), outer })
      return choices.map(({ label }) => label)
    }
    should(await labels('enos-devices', 'enos-app', {})).deepEqual(['Demo machine'])
    should(await labels('enos-measurepoints', 'enos-app', keys)).containEql('Temperature')
    should(await labels('thingplus-gateways', 'thingplus-client', {})).deepEqual(['Machine gateway'])
    const points = { temperature: 21.5 }
    const accepted = await ask<Answer>('try/enos-device', { ...values('enos-device'), points })
    should(accepted).deepEqual({ text: 'EnOS has accepted temperature = 21.5.' })
  })

  it('leaves the simulator to the node that runs it from then on', async () => {
    const { port, url } = await ask<Demo>('simulator', {})
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      { id: 'simulator', type: 'cloud-simulator', z: 'tab', port: String(port), seed: '' },
    ])
    const state = (await (await fetch(`${url}/_simulator/state`)).json()) as { enos: { pointsAccepted: number } }
    should(state.enos.pointsAccepted).equal(1)
    should(await ask<Demo>('simulator', {})).containEql({ port, isOfNode: true })
  })
})
