import type { NodeAPI } from 'node-red'
import type { Finding, Text, Use } from '../core'
import type { ValueReport } from '../message'
import {
  type Arrivals,
  type DeadRecord,
  diskOutlook,
  type FormerFolder,
  loadArrivals,
  type Outbox,
  type OutboxFigures,
  type OutboxOptions,
  type Scheduler,
} from '../outbox'
import { DeadLetterLog } from './dead-letter-log'
import { FormerFolders } from './former-folders'
import { LaneRouting, type Way } from './lane-routing'
import { LaneWatch } from './lane-watch'
import { isTakenByAnother, type OutboxClients, outboxClients } from './outbox-clients'
import { clockOf } from './pc-clock'
import { acquire, type SharedOutbox, type SharedOutboxes, sharedOutboxes } from './shared-outbox'
import { figuresOfWay, type WayFigures } from './way-figures'

/**
 * Node-RED starts its flows first: an outbox that is opened only for its backlog can wait this long. Messages and commands
 * do not.
 */
const openAfterMs = 300
/** How soon a folder that could not be opened is tried again. */
const openAgainMs = 2_000
/** A node that is deployed again comes back for its lane within this time. */
const returnWithinMs = 1_000

export type DeadLetterListener = (lane: string, letters: readonly DeadRecord[]) => void

/** What a node has attached. */
interface User {
  readonly way: Way
  /** Reports that the outbox cannot be opened. */
  readonly failed: (failure: unknown) => void
}

/** A way, and the nodes that share it. */
interface UsedWay {
  readonly way: Way
  readonly users: Set<User>
}

/** What the configuration node gives its outbox. */
export interface OutboxNode {
  /** Identifies the configuration, across restarts; empty in a form. */
  readonly key?: string
  /** Into Node-RED's log, for the configuration node. */
  readonly warn?: (text: Text) => void
  readonly error?: (text: Text) => void
}

/** The outbox of one configuration node: opened at first use, its lanes attached until the node is closed. */
export class OutboxClient {
  readonly #shared: SharedOutboxes
  #arrivals: ReturnType<typeof loadArrivals> | undefined
  readonly #options: OutboxOptions & { readonly scheduler: Scheduler }
  readonly #key: string
  readonly #clients: OutboxClients<OutboxClient>
  readonly #former: FormerFolders
  /** Of several ways to the same lane the last one sends; the others are there when it goes. */
  #ways: readonly UsedWay[] = []
  readonly #watch = new LaneWatch((lane) => this.#figuresOf(lane))
  readonly #deadLetters = new Set<DeadLetterListener>()
  #own: Use<SharedOutbox> | undefined
  #acquiring: Promise<Use<SharedOutbox>> | undefined
  /** What `#own` has opened. */
  #open: { outbox: Outbox; routing: LaneRouting } | undefined
  #opening: NodeJS.Timeout | undefined
  #rearranging: NodeJS.Immediate | undefined
  #unhear: (() => void) | undefined
  #isClosed = false
  /** Messages that wait until it is open. */
  #waiting = 0
  #lastTurn: Promise<void> = Promise.resolve()

  constructor(RED: NodeAPI, options: OutboxOptions, { key = '', warn = ignore, error = ignore }: OutboxNode = {}) {
    this.#shared = sharedOutboxes(RED)
    this.#options = { ...options, scheduler: clockOf(RED) }
    this.#key = key
    this.#clients = outboxClients(RED)
    if (key) this.#clients.set(key, this)
    const isTaken = (folder: string) => isTakenByAnother(RED, key, folder)
    this.#former = new FormerFolders(RED, key, this.#options, isTaken, error)
    const log = new DeadLetterLog(warn)
    this.#deadLetters.add((lane, letters) => log.died(lane, letters))
  }

  get folder(): string {
    return this.#options.folder
  }

  /** What its limits mean on the disk of its folder, whether it is open or not. */
  async checkDisk(): Promise<Finding[]> {
    return [await diskOutlook(this.#options)]
  }

  /** @throws ConnectorError `OUTBOX_UNAVAILABLE`, `OUTBOX_FULL`, `CONFIG_INVALID`; the next call tries again */
  async outbox(): Promise<Outbox> {
    if (this.#isClosed) return this.#outboxOfLate()
    const own = await this.#acquire()
    try {
      const outbox = await own.thing.opening
      await this.#opened(outbox)
      return outbox
    } catch (failure) {
      if (this.#own === own) this.#own = undefined
      throw failure
    }
  }

  /**
   * Sends what waits by this way. Nodes that share an uplink share its way; another owner's way to the same lane takes its
   * place while it is there. Where the folder cannot be opened, it is tried again until it can, and each failure is reported.
   * @returns a function that lets go of it: a way that nobody uses stops sending
   */
  attach(way: Way, failed: (failure: unknown) => void): () => void {
    const present = this.#ways.find((used) => used.way.lane === way.lane && used.way.owner === way.owner)
    const isShared = present !== undefined && present.users.size > 0
    const used = isShared ? present : { way, users: new Set<User>() }
    const user = { way, failed }
    if (!isShared) this.#ways = [...this.#ways.filter((one) => one !== present), used]
    used.users.add(user)
    this.#waysChanged()
    return () => {
      used.users.delete(user)
      if (used.users.size === 0) setTimeout(() => this.#unused(used), returnWithinMs).unref()
    }
  }

  /** An empty collection of what came at this time, to be accepted together. */
  gather(arrivedMs: number): Arrivals {
    this.#arrivals ??= loadArrivals()
    return new this.#arrivals.Arrivals(arrivedMs, this.#options.scheduler.monotonicMs())
  }

  /**
   * Takes them in, all or none; resolves once they are on disk.
   * @param report what of the same message could not be taken in
   */
  accept(lane: string, arrivals: Arrivals, report?: ValueReport): Promise<void> {
    const take = (open: OpenOutbox) => takeIn(open, lane, arrivals, report)
    const isReady = this.#waiting === 0 && !this.#isClosed && this.#open?.routing.isChanging === false
    return isReady && this.#open ? take(this.#open) : this.#inTurn(take)
  }

  async figures(): Promise<OutboxFigures> {
    return (await this.outbox()).figures()
  }

  /** The ways that there are, one for each lane. */
  get ways(): readonly Way[] {
    return [...new Map(this.#ways.map(({ way }) => [way.lane, way])).values()]
  }

  /** The ways of all nodes: nodes that share a lane may be set to different devices. */
  get waysOfNodes(): readonly Way[] {
    return this.#ways.flatMap(({ users }) => [...users].map(({ way }) => way))
  }

  /** What is left in its former folders; known once it is open. */
  get former(): readonly FormerFolder[] {
    return this.#former.left
  }

  /** The lanes in which something waits that nothing sends. */
  async stranded(): Promise<readonly string[]> {
    await this.outbox()
    return this.#open?.routing.stranded() ?? []
  }

  /** Passes on the figures of a way when they change, until the returned function is called. */
  watch(lane: string, listener: (figures: WayFigures) => void): () => void {
    return this.#watch.watch(lane, listener)
  }

  /** Passes on each record that is given up from now on, until the returned function is called. */
  onDeadLetters(listener: DeadLetterListener): () => void {
    this.#deadLetters.add(listener)
    return () => this.#deadLetters.delete(listener)
  }

  /** Ends sending, at most 2 s for what is under way, and leaves the folder to the next deployment. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#clients.get(this.#key) === this) this.#clients.delete(this.#key)
    clearTimeout(this.#opening)
    clearImmediate(this.#rearranging)
    this.#watch.close()
    this.#ways = []
    const { routing } = this.#open ?? {}
    await routing?.close()
    this.#unhear?.()
    this.#own?.release()
    this.#own = undefined
    this.#open = undefined
  }

  /** Who waits until the outbox is open goes in as they came, and before those who come later. */
  #inTurn(take: (open: OpenOutbox) => Promise<void>): Promise<void> {
    this.#waiting++
    const before = this.#lastTurn
    // What is accepted is not awaited: the next one may go in as soon as this one is on its way.
    const turn = Promise.all([this.outbox(), before]).then(([outbox]) => ({ accepted: take(this.#open ?? { outbox }) }))
    this.#lastTurn = Promise.allSettled([turn, before]).then(() => {
      this.#waiting--
    })
    return turn.then(({ accepted }) => accepted)
  }

  /** Shared by all who ask at the same time. */
  #acquire(): Promise<Use<SharedOutbox>> {
    if (this.#own) return Promise.resolve(this.#own)
    this.#acquiring ??= this.#acquireNow().finally(() => {
      this.#acquiring = undefined
    })
    return this.#acquiring
  }

  async #acquireNow(): Promise<Use<SharedOutbox>> {
    if (this.#key) await this.#former.bring()
    const own = acquire(this.#shared, this.#options)
    if (this.#isClosed) own.release()
    else this.#own = own
    return own
  }

  /** A message that outlasts its deployment is still taken in, by the next deployment's outbox. */
  #outboxOfLate(): Promise<Outbox> {
    const successor = this.#clients.get(this.#key)
    if (successor) return successor.outbox()
    const { thing, release } = acquire(this.#shared, this.#options)
    release()
    return thing.opening
  }

  async #opened(outbox: Outbox): Promise<void> {
    if (this.#isClosed) return
    if (this.#open?.outbox !== outbox) {
      this.#open = { outbox, routing: new LaneRouting(outbox) }
      this.#unhear?.()
      this.#unhear = outbox.onEvent((event) => {
        if (event.type === 'lane-figures' || event.type === 'lane-state') this.#laneChanged(event.lane)
        else if (event.type === 'dead-letters')
          for (const listener of this.#deadLetters) listener(event.lane, event.letters)
      })
      this.#rearrange()
    }
    await this.#open.routing.arranged()
  }

  #waysChanged(): void {
    if (this.#isClosed) return
    if (this.#open) this.#rearranging ??= setImmediate(() => this.#rearrange())
    else this.#opening ??= setTimeout(() => this.#openForBacklog(), openAfterMs).unref()
  }

  /** All nodes of a deployment come in one turn. */
  #rearrange(): void {
    clearImmediate(this.#rearranging)
    this.#rearranging = undefined
    this.#open?.routing.change(this.ways, this.waysOfNodes).then(
      () => this.#watch.changedAll(),
      (failure: unknown) => this.#tellFailure(failure),
    )
  }

  #openForBacklog(): void {
    this.#opening = undefined
    this.outbox().catch((failure: unknown) => {
      if (this.#isClosed) return
      this.#tellFailure(failure)
      this.#opening ??= setTimeout(() => this.#openForBacklog(), openAgainMs).unref()
    })
  }

  #tellFailure(failure: unknown): void {
    for (const { users } of this.#ways) for (const { failed } of users) failed(failure)
  }

  #unused(used: UsedWay): void {
    if (used.users.size > 0 || !this.#ways.includes(used)) return
    this.#ways = this.#ways.filter((one) => one !== used)
    this.#waysChanged()
  }

  #laneChanged(lane: string): void {
    const routing = this.#open?.routing
    routing?.changed(lane)
    this.#watch.changed(routing?.wayOf(lane) ?? lane)
  }

  async #figuresOf(way: string): Promise<WayFigures | undefined> {
    const { outbox, routing } = this.#open ?? {}
    if (!outbox || !routing) return undefined
    const of = (lanes: readonly string[]) => Promise.all(lanes.map((lane) => outbox.lane(lane).figures()))
    const figures = figuresOfWay(way, await of(routing.lanesOf(way)), await of(routing.stranded()))
    const [former] = this.#former.left
    return figures && former ? { ...figures, former } : figures
  }
}

const ignore = () => undefined

/** Without routing where the node was closed: each lane is its own inlet then. */
interface OpenOutbox {
  readonly outbox: Outbox
  readonly routing?: LaneRouting
}

function takeIn({ outbox, routing }: OpenOutbox, way: string, arrivals: Arrivals, report?: ValueReport): Promise<void> {
  const intoLane = (lane: string) => {
    const accepted = outbox.acceptAll(lane, arrivals)
    return report && report.count > 0 ? accepted.then(() => outbox.lane(lane).leftOut(report)) : accepted
  }
  return routing ? routing.accept(way, intoLane) : intoLane(way)
}
