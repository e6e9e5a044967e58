import type { LaneFigures, OutboxFigures } from '../../lib/outbox'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, stopFlow, type TestMessage } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import {
  configuration,
  gatewayId,
  seed,
  demoCredentials as thingplusCredentials,
  thingplusTypes,
} from '../nodes/thingplus'
import { startSimulator } from '../ports'
import { HastyClock } from './hasty-clock'

export interface Rejected {
  row?: number
  point?: string
  reason: string
}
export interface Receipt {
  points: number
  entries: number
  rejected: Rejected[]
  rejectedCount: number
  warnings: Rejected[]
  warningCount: number
}

/** One node in a real Node-RED beside a simulator, as the palette's dialog makes it. */
export class FieldNode {
  flow!: FlowUnderTest
  private isStarted = false
  private readonly clock = new HastyClock()

  private constructor(
    readonly simulator: Simulator,
    private readonly folder: string,
  ) {}

  /** @param enos seed of the EnOS half */
  static async open(enos: object = {}, thingplus: object = seed): Promise<FieldNode> {
    const simulator = await startSimulator({ port: 0, seed: { thingplus, enos } })
    return new FieldNode(simulator, await newFolder('field'))
  }

  /**
   * @param chosen none: as a flow that was made before there was a choice
   * @param url of what stands in the clouds' place
   */
  async start(
    type: string,
    node: Record<string, unknown> = {},
    chosen: object = { unsendable: 'leave-out' },
    { url }: { url: string } = this.simulator,
  ): Promise<void> {
    if (this.isStarted) await stopFlow()
    this.isStarted = true
    // What Thing+ does not know is tried for a minute by a node without an outbox.
    this.clock.end()
    this.flow = await startFlow(
      [...(node['outbox'] ? [] : [this.clock.installed]), ...enosTypes, ...thingplusTypes, ...outboxTypes],
      [
        ...configurations(url),
        configuration(url),
        { id: 'outbox', type: 'cloud-outbox', folder: this.folder },
        {
          id: 'node',
          type,
          settingsVersion: 99,
          channel: 'device',
          device: 'device',
          app: 'app',
          assetId: 'asset-1',
          eventId: 'alarm',
          client: 'client',
          gatewayId,
          gatewayIdType: 'str',
          timeliness: 'post',
          modelCheck: 'off',
          wires: [['out']],
          ...chosen,
          ...node,
        },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      { ...demoCredentials, ...thingplusCredentials },
    )
  }

  async close(): Promise<void> {
    await stopFlow()
    this.clock.end()
    await this.simulator.close()
    // The outbox stays open for a moment.
    await removeFolder(this.folder)
  }

  points(stream = 'pK11111/dK987654') {
    return this.simulator.points(stream) ?? []
  }

  values(stream?: string) {
    return this.points(stream).map(({ values }) => values)
  }

  /** Sends a message of which all is good. */
  async send(payload: unknown, more: object = {}): Promise<Receipt> {
    const out = await this.flow.run('node', { payload, ...more })
    return out.payload as Receipt
  }

  /** Sends a message, and gives what came out with what the Catch node heard. */
  async partly(payload: unknown, more: object = {}): Promise<{ receipt: Receipt; error: TestMessage['error'] }> {
    const both = Promise.all([this.flow.next('out'), this.flow.next('caught')])
    this.flow.send('node', { payload, ...more })
    const [out, { error }] = await both
    return { receipt: out.payload as Receipt, error }
  }

  async refusal(payload: unknown, more: object = {}): Promise<TestMessage['error']> {
    const heard = this.flow.next('caught')
    this.flow.send('node', { payload, ...more })
    return (await heard).error
  }

  async lane(): Promise<LaneFigures | undefined> {
    const { payload } = await this.flow.run('control', { payload: 'figures' })
    return (payload as OutboxFigures).lanes.find(({ accepted, rejected }) => accepted + rejected > 0)
  }

  /** What the outbox says about why it cannot deliver. */
  async untilTold(): Promise<string> {
    for (;;) {
      const told = (await this.lane())?.lastError
      if (told) return String(told.text)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async untilDelivered(count: number): Promise<void> {
    for (const since = Date.now(); (await this.lane())?.delivered !== count; ) {
      if (Date.now() - since > 15_000) throw new Error(`The outbox stays at ${JSON.stringify(await this.lane())}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
