import { setTimeout as wait } from 'node:timers/promises'
import { EnosApplication, EnosDevice, EnosIntegration } from '../../lib/enos'
import { type Destination, type Lane, type LaneFigures, type Outbox, openOutbox } from '../../lib/outbox'
import { enosDestination } from '../../lib/runtime/enos-way'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import { type RequestRecord, type Simulator, startSimulator } from '../../lib/simulator'
import { ThingPlus } from '../../lib/thingplus'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'

export type Channel = 'integration' | 'sub-devices' | 'Thing+'

const product = 'pKfield'
const orgId = 'org-field'
const app = { appKey: 'field-app', appSecret: 'field-app-secret', orgId }
const model = { modelId: 'Field', allowAdditionalMeasurepoint: false, measurepoints: { n: { dataType: 'INT' } } }
const gatewayId = 'field-gateway'

export const memberName = (at: number): string => `unit${at}u`

/** A plant with so many devices or sensors, an outbox on a real disk, and a simulated cloud behind real HTTP. */
export class Plant {
  readonly requests: RequestRecord[] = []
  simulator!: Simulator
  outbox!: Outbox
  #folder = ''
  readonly #opened: { close(): unknown }[] = []

  constructor(
    private readonly channel: Channel,
    private readonly members: number,
  ) {}

  async start(): Promise<this> {
    const names = Array.from({ length: this.members }, (_, at) => memberName(at))
    const devices = ['gw', ...names].map((deviceKey) => ({
      productKey: product,
      deviceKey,
      deviceSecret: 'field-secret',
      assetId: `asset-${deviceKey}`,
      modelId: 'Field',
      gateway: deviceKey === 'gw' ? null : `${product}/gw`,
      orgId,
    }))
    const sensors = names.map((id) => ({ id, name: id, type: 'temperature', owner: gatewayId, deviceId: 'device' }))
    this.simulator = await startSimulator({
      port: 0,
      seed: {
        enos: { apps: [app], models: [{ ...model, orgId }], devices },
        thingplus: {
          gateways: [{ id: gatewayId, name: 'Field', site: '1' }],
          devices: [{ id: 'device', owner: gatewayId, name: 'Device', model: 'open-api-device-v1.0' }],
          sensors,
        },
      },
      thingplus: { checkValueKind: true },
      onRequest: (request) => this.requests.push(request),
    })
    this.#folder = await newFolder('field')
    this.outbox = await openOutbox({ folder: this.#folder })
    return this
  }

  /** As Node-RED does: what is kept is on the disk alone in between. */
  async restart(): Promise<void> {
    await this.outbox.close()
    this.outbox = await openOutbox({ folder: this.#folder })
  }

  async end(): Promise<void> {
    await this.outbox.close()
    for (const item of this.#opened.splice(0)) item.close()
    await this.simulator.close()
    await removeFolder(this.#folder)
  }

  get lane(): Lane {
    return this.outbox.lane('plant')
  }

  async attach(): Promise<void> {
    await this.lane.attach(this.#destination(), this.channel === 'Thing+' ? { liveLimitMs: 0 } : {})
  }

  /** Values of these members in one message. A bad one is refused by the cloud for its content. */
  accept(values: readonly { member: number; n: number; isBad?: boolean }[], timeMs = Date.now()): Promise<void> {
    const records = values.map(({ member, n, isBad = false }) => {
      const deviceKey = memberName(member)
      const time = timeMs + n
      if (this.channel === 'Thing+') {
        const entry = { value: isBad ? 'warm' : String(n), time }
        const payload = JSON.stringify({ gatewayId, sensorId: deviceKey, entry })
        return { stream: `${gatewayId}/${deviceKey}`, payload, eventTimeMs: time }
      }
      const measurepoints = isBad ? { unknown: n } : { n }
      const payload = JSON.stringify({ productKey: product, deviceKey, measurepoints, time })
      return { stream: `${product}/${deviceKey}`, payload, eventTimeMs: time, listable: true }
    })
    return this.outbox.acceptAll('plant', records)
  }

  /** What the cloud has received of a member, in the order of arrival. */
  received(member: number): number[] {
    const name = memberName(member)
    const stream = this.channel === 'Thing+' ? `${gatewayId}/${name}` : `${product}/${name}`
    return (this.simulator.points(stream) ?? []).map(({ values }) => Number(values.n ?? values.value))
  }

  async until(isSo: (figures: LaneFigures) => boolean, mostMs = patienceMs / 2): Promise<LaneFigures> {
    for (const sinceMs = performance.now(); ; await wait(20)) {
      const figures = await this.lane.figures()
      if (isSo(figures)) return figures
      if (performance.now() - sinceMs > mostMs) throw new Error(`still not so: ${JSON.stringify(figures)}`)
    }
  }

  /** Those that carried values. */
  get dataRequests(): number {
    return this.requests.filter(({ method, path }) => method !== 'GET' && /integration|\/topic\/|\/series/.test(path))
      .length
  }

  #destination(): Destination {
    const { url } = this.simulator
    const keep = <Item extends { close(): unknown }>(item: Item) => {
      this.#opened.push(item)
      return item
    }
    if (this.channel === 'Thing+') {
      const client = new ThingPlus({
        baseUrl: `${url}/v2`,
        clientId: 'testClientId',
        clientSecret: 'demo-client-secret',
        userName: 'serviceadmin',
        password: 'demo-password',
      })
      return thingplusDestinations.values(keep(client))
    }
    if (this.channel === 'integration') {
      const application = new EnosApplication({ ...app, gatewayUrl: url, integrationUrl: url })
      return enosDestination(new EnosIntegration(keep(application)), 'measurepoint', 'by-age')
    }
    const gateway = new EnosDevice({
      brokerUrl: url,
      productKey: product,
      deviceKey: 'gw',
      deviceSecret: 'field-secret',
      lifetimeMs: 300_000,
    })
    return enosDestination(keep(gateway), 'measurepoint', 'by-age')
  }
}
