import type { NodeAPI } from 'node-red'
import { EnosDevice, SessionFiles, SessionMemory } from '../../lib/enos'
import type { Destination, Lane, OutboxOptions } from '../../lib/outbox'
import { enosDestination } from '../../lib/runtime/enos-way'
import { OutboxClient } from '../../lib/runtime/outbox-client'
import { clockIn } from '../../lib/runtime/pc-clock'
import type { WorldClock } from './clock'
import { type Gateway, nameOf } from './cloud'
import type { WorldDisk } from './disk'
import type { Random } from './random'
import type { Truth, Value } from './truth'

/** How the PC is set up; the same for the whole history. */
export interface SiteOptions {
  readonly gateways: readonly Gateway[]
  readonly maxBytes: number
  readonly whenFull: 'refuse' | 'evict-oldest'
  readonly deadShare: number
  readonly maxAgeMs: number | undefined
  readonly asideRecords: number
  readonly liveLimitMs: number
  readonly batching: Destination['batching']
}

export interface SiteRooms {
  readonly clock: WorldClock
  readonly disk: WorldDisk
  readonly truth: Truth
  readonly random: Random
}

interface Connected {
  readonly gateway: Gateway
  readonly device: EnosDevice
  readonly lane: string
}

export const brokerUrl = 'http://iot-http.world.invalid:8080'
const folder = '/outbox'
const sessionFolder = '/sessions'
const sessionLifetimeMs = 300_000

/** A PC with Node-RED: what its nodes do with the library, from deployment to deployment and from start to start. */
export class Site {
  #RED: NodeAPI
  #memories = new Map<string, SessionMemory>()
  #sessions = newSessionFiles()
  #client: OutboxClient | undefined
  #connected: readonly Connected[] = []
  #boot = 1
  /** While it is being deployed, messages wait. */
  #deploying: Promise<void> | undefined
  isRunning = false

  constructor(
    private readonly options: SiteOptions,
    private readonly rooms: SiteRooms,
  ) {
    this.#RED = newRuntime(rooms.clock)
  }

  start(): void {
    const { disk, random, truth } = this.rooms
    const { maxBytes, whenFull, deadShare, maxAgeMs, asideRecords } = this.options
    truth.opening++
    const options: OutboxOptions = {
      folder,
      maxBytes,
      whenFull,
      deadShare,
      asideRecords,
      ...(maxAgeMs !== undefined && { maxAgeMs }),
      openDisk: () => disk.opened(),
      random: random.next,
      bootId: this.#bootId,
      allowNetworkFolder: true,
      diskSpace: async () => ({ freeBytes: 1e12, totalBytes: 1e12 }),
    }
    const client = new OutboxClient(this.#RED, options)
    this.#client = client
    this.#connected = this.options.gateways.map((gateway) => this.#connect(gateway, client))
    this.isRunning = true
  }

  /** Hands values to the outbox as a node does. Refusals are part of life. */
  accept(gateway: Gateway, values: readonly Value[], ageMs: number): void {
    const connected = this.#connected.find((other) => other.gateway === gateway)
    if (!this.#client || !connected || this.#deploying) {
      for (const value of values) value.offer = 'refused'
      return
    }
    const { clock } = this.rooms
    const { device, lane } = connected
    const arrivals = this.#client.gather(clock.wallMs())
    const timeMs = clock.wallMs() - ageMs
    for (const { id, stream, isBad } of values) {
      const [productKey = '', deviceKey = ''] = stream.split('/')
      const named = stream === nameOf(gateway) ? undefined : { productKey, deviceKey }
      const entry = { device: named, timeMs, values: isBad ? { v: id, bad: 1 } : { v: id } }
      arrivals.add(
        device.streamOf(entry),
        device.encode('measurepoint', entry),
        timeMs,
        this.options.batching === 'lane',
      )
    }
    const told = (offer: Value['offer']) => () => {
      for (const value of values) {
        value.offer = offer
        value.acceptedMs = clock.nowMs
      }
    }
    void this.#client.accept(lane, arrivals).then(told('accepted'), told('refused'))
  }

  /** All nodes are closed, and made anew. */
  deploy(): void {
    const client = this.#client
    if (!this.isRunning || this.#deploying || !client) return
    this.#deploying = this.#stop(client).then(() => {
      this.#deploying = undefined
      this.start()
    })
  }

  /** Node-RED ends properly; then the process is gone. */
  async stop(): Promise<void> {
    if (this.#client && !this.#deploying) await this.#stop(this.#client)
  }

  /** The process is gone, whatever it was doing. */
  died(isPowerCut: boolean): void {
    this.isRunning = false
    this.#deploying = undefined
    this.#client = undefined
    this.#connected = []
    this.#RED = newRuntime(this.rooms.clock)
    this.#memories = new Map()
    this.#sessions = newSessionFiles()
    if (isPowerCut) this.#boot++
  }

  async lanes(): Promise<Lane[]> {
    const outbox = await this.#client?.outbox()
    return outbox ? this.#connected.map(({ lane }) => outbox.lane(lane)) : []
  }

  get #bootId(): string {
    return `00000000-0000-4000-8000-${String(this.#boot).padStart(12, '0')}`
  }

  #stop(client: OutboxClient): Promise<void> {
    for (const { device } of this.#connected) device.close()
    return client.close()
  }

  #connect(gateway: Gateway, client: OutboxClient): Connected {
    const { clock } = this.rooms
    const { productKey, deviceKey, deviceSecret } = gateway
    const name = nameOf(gateway)
    const memory =
      this.#memories.get(name) ?? new SessionMemory(clock, this.#sessions.of(name), async () => this.#bootId)
    this.#memories.set(name, memory)
    const device = new EnosDevice({
      brokerUrl,
      productKey,
      deviceKey,
      deviceSecret,
      lifetimeMs: sessionLifetimeMs,
      memory,
      clock,
    })
    const lane = `${device.name}, measurepoint`
    const destination = this.#watched(enosDestination(device, 'measurepoint', 'by-age'))
    const { liveLimitMs } = this.options
    const way = { lane, owner: device, destination, options: { liveLimitMs }, inherit: () => undefined }
    client.attach(way, () => undefined)
    return { gateway, device, lane }
  }

  /** Notes which values the sender knows to have been taken. */
  #watched(destination: Destination): Destination {
    const { truth } = this.rooms
    const { opening } = truth
    return {
      ...destination,
      batching: this.options.batching,
      async send(records, context) {
        const values = records.flatMap(({ payload }) => truth.valuesIn(payload.toString()))
        for (const value of values) {
          value.underWay++
          value.wasSent = true
        }
        await destination.send(records, context).finally(() => {
          for (const value of values) value.underWay--
        })
        for (const value of values) {
          value.confirmedIn = opening
          if (value.taken === 0)
            truth.violated('a false success', `value ${value.id} was taken for delivered, and the cloud has not got it`)
        }
      },
    }
  }
}

/** A Node-RED whose clock is the world's. */
function newRuntime(clock: WorldClock): NodeAPI {
  const RED = { events: {} } as NodeAPI
  clockIn(RED).current = unlisted(clock)
  return RED
}

function newSessionFiles(): SessionFiles {
  return new SessionFiles(sessionFolder, () => undefined)
}

/** Options are compared as text: what is not data is left out. */
function unlisted<Room extends object>(room: Room): Room {
  return Object.defineProperty(room, 'toJSON', { value: () => undefined, configurable: true })
}
