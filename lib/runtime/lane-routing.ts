import type { AttachOptions, Destination, NewRecord, Outbox, OutboxRecord } from '../outbox'

/** How a node's records leave an outbox today. */
export interface Way {
  /** The lane of what it puts in. */
  readonly lane: string
  /** Whose it is: another owner's way to the same lane takes its place. */
  readonly owner: object
  readonly destination: Destination
  readonly options: AttachOptions
  /**
   * What sends the records of a lane that no way is named for any more, by the ways that there are; `undefined` where
   * nothing does, or where that is not certain.
   */
  inherit(orphan: string, ways: readonly Way[]): Inheritance | undefined
  /** The device to which the records that it takes over belong from then on; left out where each names its own. */
  readonly device?: string | undefined
  /**
   * A record that was left behind as one of this way; left out where it cannot take any.
   * @throws ConnectorError where it cannot take this one
   */
  readonly take?: ((record: OutboxRecord) => NewRecord) | undefined
}

export interface Inheritance {
  /** The way whose records they are from now on. */
  readonly heir: Way
  readonly destination: Destination
  /** Whether the heir's own records may go into the lane, behind what waits there. */
  readonly isSameForm: boolean
}

/** A lane, and what sends its records. */
interface Link {
  readonly lane: string
  readonly owner: object
  readonly destination: Destination
  readonly options: AttachOptions
  readonly isInlet: boolean
}

/** How long a lane that could send, but has nothing under way, holds up the one that came after it. */
const patienceMs = 2_000

/**
 * Which lane of an outbox sends where. A lane whose settings have changed since its records came in is sent by what is set
 * up for the same device, organisation or client now, and before anything newer: what comes in goes behind what waits.
 */
export class LaneRouting {
  readonly #outbox: Outbox
  /** By the lane of a way: all lanes that it sends, those with the oldest records first, its own last where it is empty. */
  readonly #chains = new Map<string, readonly Link[]>()
  /** By lane: the way whose records are in it. */
  readonly #wayOf = new Map<string, string>()
  readonly #attached = new Map<string, Link>()
  /** Messages on their way to the disk, by lane. */
  readonly #arriving = new Map<string, number>()
  /** What a lane that holds up another had delivered when it was last looked at. */
  readonly #deliveredBefore = new Map<string, number>()
  readonly #overtaken = new Set<string>()
  #stranded: readonly string[] = []
  #changing: Promise<void> = Promise.resolve()
  #changes = 0
  #looking: NodeJS.Timeout | undefined

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /**
   * From now on these are the ways; resolves when each lane is attached as they say.
   * @param ways one for each lane
   * @param ofNodes those of all nodes: nodes that share a lane may be set to different devices
   */
  change(ways: readonly Way[], ofNodes: readonly Way[] = ways): Promise<void> {
    this.#changes += 1
    const arranged = this.#changing.then(() => this.#arrange(ways, ofNodes))
    const over = () => {
      this.#changes -= 1
    }
    this.#changing = arranged.then(over, over)
    return arranged
  }

  get isChanging(): boolean {
    return this.#changes > 0
  }

  /** Resolves when no change is under way. */
  async arranged(): Promise<void> {
    while (this.isChanging) await this.#changing
  }

  /** Lets go of all lanes; resolves when nothing is being sent any more. */
  close(): Promise<void> {
    clearInterval(this.#looking)
    return this.change([])
  }

  /** The lanes in which the records of a way are: its own, and those that it has taken over. */
  lanesOf(lane: string): readonly string[] {
    return this.#chains.get(lane)?.map((link) => link.lane) ?? [lane]
  }

  /** The way whose records are in a lane; the lane itself where it belongs to no way. */
  wayOf(lane: string): string {
    return this.#wayOf.get(lane) ?? lane
  }

  /** The lanes in which something waits that nothing sends. */
  stranded(): readonly string[] {
    return this.#stranded.filter((lane) => this.#outbox.lane(lane).pending > 0)
  }

  /** Takes something in for a way, behind all that waits of it. */
  accept(way: string, take: (inlet: string) => Promise<void>): Promise<void> {
    if (this.isChanging) return this.#changing.then(() => this.accept(way, take))
    const chain = this.#chains.get(way)
    if (!chain || chain.length === 1) return take(way)
    const inlet = chain.findLast(({ lane, isInlet }) => isInlet && this.#waitsIn(lane))?.lane ?? way
    this.#arriving.set(inlet, (this.#arriving.get(inlet) ?? 0) + 1)
    return take(inlet).finally(() => this.#arriving.set(inlet, (this.#arriving.get(inlet) ?? 1) - 1))
  }

  /** Something has happened in a lane: where it is empty now, it is the next one's turn. */
  changed(lane: string): void {
    const chain = this.#chains.get(this.wayOf(lane))
    if (chain && chain.length > 1) void this.#attachNext(chain).catch(() => undefined)
  }

  #waitsIn(lane: string): boolean {
    return (this.#arriving.get(lane) ?? 0) > 0 || this.#outbox.lane(lane).pending > 0
  }

  async #arrange(ways: readonly Way[], ofNodes: readonly Way[]): Promise<void> {
    const named = new Set(ways.map(({ lane }) => lane))
    const { lanes } = await this.#outbox.figures()
    const since = new Map(lanes.map(({ lane, oldestAcceptedMs }) => [lane, oldestAcceptedMs]))
    // Numbers, so that two empty lanes compare as equal.
    const sinceOf = ({ lane }: Link) => since.get(lane) ?? Number.MAX_VALUE
    const chains = new Map<string, Link[]>(ways.map(({ lane, ...way }) => [lane, [{ ...way, lane, isInlet: true }]]))
    const stranded: string[] = []
    for (const { lane, pending } of lanes) {
      if (named.has(lane) || pending === 0) continue
      const inheritance = inheritanceOf(lane, ofNodes)
      const chain = inheritance && chains.get(inheritance.heir.lane)
      if (!chain) stranded.push(lane)
      else
        chain.push({ ...inheritance.heir, lane, destination: inheritance.destination, isInlet: inheritance.isSameForm })
    }
    this.#chains.clear()
    this.#wayOf.clear()
    for (const [way, chain] of chains) {
      this.#chains.set(
        way,
        chain.sort((one, other) => sinceOf(one) - sinceOf(other)),
      )
      for (const { lane } of chain) this.#wayOf.set(lane, way)
    }
    this.#stranded = stranded
    this.#overtaken.clear()
    await this.#letGo(new Map([...chains.values()].flat().map((link) => [link.lane, link])))
    await Promise.all([...this.#chains.values()].map((chain) => this.#attachNext(chain)))
    this.#watchPatience()
  }

  /** Lets go of lanes that nothing sends any more, that another way sends, or that the same one sends differently. */
  async #letGo(wanted: ReadonlyMap<string, Link>): Promise<void> {
    const isSame = ({ lane, owner, destination }: Link) =>
      wanted.get(lane)?.owner === owner && wanted.get(lane)?.destination === destination
    const gone = [...this.#attached.values()].filter((link) => !isSame(link))
    for (const { lane } of gone) this.#attached.delete(lane)
    await Promise.all(gone.map(({ lane }) => this.#outbox.lane(lane).detach()))
  }

  /** Attaches the lanes one after the other, up to the first in which something waits. */
  async #attachNext(chain: readonly Link[]): Promise<void> {
    for (const link of chain) {
      if (!this.#attached.has(link.lane)) {
        this.#attached.set(link.lane, link)
        await this.#outbox.lane(link.lane).attach(link.destination, link.options)
      }
      if (this.#waitsIn(link.lane) && !this.#overtaken.has(link.lane)) return
    }
  }

  #watchPatience(): void {
    clearInterval(this.#looking)
    this.#deliveredBefore.clear()
    const isLong = [...this.#chains.values()].some((chain) => chain.length > 1)
    if (isLong) this.#looking = setInterval(() => void this.#look().catch(() => undefined), patienceMs).unref()
  }

  /** A lane that could deliver and does not holds only what is not taken: the ones behind it wait no longer. */
  async #look(): Promise<void> {
    for (const chain of this.#chains.values())
      for (const { lane } of chain.slice(0, -1)) {
        if (!this.#attached.has(lane)) continue
        const { state, pending, delivered, inFlight } = await this.#outbox.lane(lane).figures()
        const isIdle = pending > 0 && inFlight === 0 && (state === 'online' || state === 'parked')
        const isStuck = isIdle && this.#deliveredBefore.get(lane) === delivered
        this.#deliveredBefore.set(lane, delivered)
        if (!isStuck || this.#overtaken.has(lane)) continue
        this.#overtaken.add(lane)
        await this.#attachNext(chain)
      }
  }
}

function inheritanceOf(lane: string, ways: readonly Way[]): Inheritance | undefined {
  for (const way of ways) {
    const inheritance = way.inherit(lane, ways)
    if (inheritance) return inheritance
  }
  return undefined
}
