import { createHash } from 'node:crypto'
import { Unrest, WorldClock } from './clock'
import { Cloud, type DeviceFault, type Gateway, nameOf } from './cloud'
import { calmDisk, type DiskWeather, WorldDisk } from './disk'
import { VirtualFiles } from './files'
import { described, type Event, gatewaysOf, type History } from './history'
import { LedgerCheck } from './ledger-check'
import { LogCheck } from './log-check'
import { calmNetwork, Network } from './network'
import { Random } from './random'
import type { Seal } from './seal'
import { Site } from './site'
import { Truth, type Value } from './truth'
import { WireCheck } from './wire-check'

export interface Outcome {
  /** The first thing that must not be. */
  readonly violation?: { readonly kind: string; readonly text: string }
  readonly accepted: number
  readonly delivered: number
  readonly requests: number
  readonly simulatedMs: number
  /** Of everything that happened: two runs of a seed must have the same. */
  readonly digest: string
}

/** By then everything good has been delivered, once nothing is wrong any more. */
export const deliveredWithinMs = 30 * 60_000

/** By then an outbox that has nothing to do has told its figures. */
const figuresWithinMs = 100

/** What a dead letter needs at most. */
const mostLetterBytes = 1_000

/** One run of a history: everything that the seed means, from the first event to the last delivery. */
export class World {
  readonly #clock: WorldClock
  readonly #truth: Truth
  readonly #ledgers: LedgerCheck
  readonly #log: LogCheck
  readonly #wire: WireCheck
  readonly #disk: WorldDisk
  readonly #files: VirtualFiles
  readonly #cloud: Cloud
  readonly #network: Network
  readonly #site: Site
  readonly #random: Random
  readonly #gateways: readonly Gateway[]
  readonly #deviceFaults = new Map<string, DeviceFault>()
  /** What is wrong at present, each with how it ends. */
  readonly #troubles = new Map<string, () => void>()
  /** A crash that waits for so many operations of the disk and the line. */
  #crash: { left: number; isPowerCut: boolean; downMs: number } | undefined
  #isClockSet = false
  #requests = 0
  #trace: (text: string) => void = () => undefined

  constructor(
    private readonly history: History,
    private readonly seal: Seal,
    trace?: (text: string) => void,
  ) {
    const random = (room: string) => new Random(history.seed, room)
    const clock = new WorldClock(seal)
    const truth = new Truth(clock.monotonicMs)
    this.#random = random('world')
    this.#clock = clock
    this.#truth = truth
    this.#ledgers = new LedgerCheck(truth)
    this.#wire = new WireCheck(truth, clock)
    this.#log = new LogCheck(truth, this.#ledgers)
    this.#disk = new WorldDisk(clock, random('disk'), this.#log)
    this.#files = new VirtualFiles(clock, random('files'))
    this.#gateways = gatewaysOf(history)
    this.#cloud = new Cloud(this.#gateways, truth, random('cloud'), clock.monotonicMs, history.liveLimitMs > 0)
    this.#network = new Network(clock, random('network'), this.#cloud)
    this.#site = new Site(
      { ...history, gateways: this.#gateways },
      { clock, disk: this.#disk, truth, random: random('jitter') },
    )
    this.#disk.onBegun = () => this.#operation()
    this.#network.onSent = (request) => {
      this.#requests++
      this.#wire.sent(request)
      this.#operation()
    }
    if (trace) {
      const said = (text: string) => trace(`${(clock.nowMs / 1000).toFixed(2).padStart(9)} s  ${text}`)
      this.#cloud.trace = said
      this.#disk.trace = (text) => said(`disk: ${text}`)
      this.#trace = said
    }
    seal.enter({ clock, files: this.#files, network: this.#network, random: random('chance').next })
  }

  async run(): Promise<Outcome> {
    const startMs = this.#clock.nowMs
    try {
      this.#site.start()
      for (const { atMs, event } of this.history.events) if (!(await this.#pass(startMs + atMs))) this.#happens(event)
      await this.#pass(startMs + this.history.endMs)
      await this.#end()
    } catch (error) {
      this.#truth.violated(error instanceof Unrest ? 'no rest' : 'the world broke', String(error))
    }
    const outcome = this.#outcome(startMs)
    // Nothing of this world goes on in the next one.
    this.#clock.life++
    this.seal.leave()
    return outcome
  }

  /** Answers whether something is found that must not be. */
  #pass(untilMs: number, isOver: () => boolean = () => false): Promise<boolean> {
    return this.#clock.pass(untilMs, () => this.#isBroken() || isOver())
  }

  #isBroken(): boolean {
    return this.#truth.violations.length > 0
  }

  #happens(event: Event): void {
    this.#trace(described(event))
    void this.#compareFigures()
    switch (event.do) {
      case 'accept':
        this.#accept(event)
        break
      case 'network':
        this.#network.weather = { ...calmNetwork, ...event.weather }
        this.#until(event.forMs, 'network', () => {
          this.#network.weather = calmNetwork
        })
        break
      case 'cloud':
        this.#cloud.weather = { ...this.#cloud.weather, mood: event.mood, retryAfterSeconds: event.retryAfterSeconds }
        this.#until(event.forMs, 'cloud', () => {
          this.#cloud.weather = { ...this.#cloud.weather, mood: 'well' }
        })
        break
      case 'refuse-logins':
        this.#cloud.weather = { ...this.#cloud.weather, refusesLogins: true }
        this.#until(event.forMs, 'logins', () => {
          this.#cloud.weather = { ...this.#cloud.weather, refusesLogins: false }
        })
        break
      case 'device':
        this.#deviceFails(event)
        break
      case 'lose-sessions':
        this.#cloud.loseSessions()
        break
      case 'slow-disk':
        this.#diskIs({ mostMs: event.mostMs, mostReadMs: 4 * event.mostMs }, event.forMs)
        break
      case 'full-disk':
        this.#diskIs({ isFull: true, failingShare: event.share }, event.forMs)
        break
      case 'failing-disk':
        this.#diskIs(
          { failingShare: event.share, unreadableShare: event.unreadableShare, opensFail: event.opensFail },
          event.forMs,
        )
        break
      case 'kill':
      case 'power-cut':
        if (this.#site.isRunning)
          this.#crash ??= { left: event.afterOperations, isPowerCut: event.do === 'power-cut', downMs: event.downMs }
        break
      case 'restart':
        this.#restart(event.downMs)
        break
      case 'deploy':
        this.#site.deploy()
        break
      case 'flush':
      case 'dead-letters':
        void this.#byHand(event)
        break
      case 'set-clock':
        this.#isClockSet = true
        this.#clock.stepWall(event.byMs)
        break
    }
  }

  #accept({ gateway, streams, count, badShare, ageMs }: Event & { do: 'accept' }): void {
    const place = this.#gateways[gateway]
    if (!place || !this.#site.isRunning) return
    const values = Array.from({ length: count }, (_, at) => {
      const stream = place.streams[streams[at % streams.length] ?? 0] ?? nameOf(place)
      const isBad = this.#random.chance(badShare)
      return this.#truth.offer({ gateway: nameOf(place), stream, isBad, isBornLate: ageMs > 60_000 })
    })
    this.#site.accept(place, values, ageMs)
  }

  #deviceFails({ gateway, stream, fault, forMs }: Event & { do: 'device' }): void {
    const name = this.#gateways[gateway]?.streams[stream]
    if (name === undefined) return
    this.#deviceFaults.set(name, fault)
    this.#cloud.weather = { ...this.#cloud.weather, faults: this.#deviceFaults }
    const isForEver = this.history.keepsDeviceFaults
    if (!isForEver) this.#until(forMs, `device ${name}`, () => this.#deviceFaults.delete(name))
  }

  #diskIs(weather: Partial<DiskWeather>, forMs: number): void {
    this.#disk.weather = { ...calmDisk, ...weather }
    this.#until(forMs, 'disk', () => {
      this.#disk.weather = calmDisk
    })
  }

  /** The later of two of a kind takes over. */
  #until(forMs: number, what: string, end: () => void): void {
    this.#troubles.set(what, end)
    this.#clock.after(forMs, () => {
      if (this.#troubles.get(what) !== end) return
      this.#troubles.delete(what)
      end()
    })
  }

  #operation(): void {
    const crash = this.#crash
    if (!crash || --crash.left > 0) return
    this.#crash = undefined
    this.#clock.after(0, () => this.#die(crash.isPowerCut, crash.downMs))
  }

  #die(isPowerCut: boolean, downMs: number): void {
    if (!this.#site.isRunning) return
    this.#clock.life++
    this.#trace(isPowerCut ? 'the power is gone' : 'the process is gone')
    this.#site.died(isPowerCut)
    // What is kept of them is not synced in time, and tells wall clock times.
    if (isPowerCut || this.#isClockSet) this.#cloud.forgetLogins()
    this.#isClockSet = false
    this.#truth.processDied()
    if (isPowerCut) {
      this.#disk.powerCut()
      this.#files.powerCut()
    } else this.#disk.killed()
    this.#lookForLoss()
    this.#clock.after(downMs, () => this.#site.start())
  }

  #restart(downMs: number): void {
    const { life } = this.#clock
    if (!this.#site.isRunning) return
    void this.#site.stop().then(() => {
      if (this.#clock.life === life) this.#clock.after(0, () => this.#die(false, downMs))
    })
  }

  /** Everything that was promised is on the disk now, or has got where it should. */
  #lookForLoss(): void {
    for (const { id, stream, offer, taken, isGivenUp } of this.#truth.values)
      if (offer === 'accepted' && taken === 0 && !isGivenUp && !this.#ledgers.isKept(id))
        this.#truth.violated('a value is lost', `value ${id} of ${stream} was accepted, and is on the disk no more`)
  }

  /** As an editor or a status node asks for them, at any time. */
  async #compareFigures(): Promise<void> {
    for (const lane of await this.#site.lanes().catch(() => [])) this.#log.compare(await lane.figures())
  }

  async #byHand(event: Event & { do: 'flush' | 'dead-letters' }): Promise<void> {
    for (const lane of await this.#site.lanes().catch(() => [])) {
      if (event.do === 'flush') lane.flush()
      else await lane.deadLetters[event.how]().catch(() => 0)
    }
  }

  /** All that is wrong ends; then everything good has to arrive. */
  async #end(): Promise<void> {
    this.#crash = undefined
    for (const end of this.#troubles.values()) end()
    this.#troubles.clear()
    const isDone = await this.#pass(this.#clock.nowMs + deliveredWithinMs, () => this.#isDone())
    if (this.#isBroken()) return
    void this.#compareFigures()
    await this.#pass(this.#clock.nowMs + figuresWithinMs)
    if (this.#isBroken()) return
    if (!isDone) {
      this.#lookForHeld()
      if (this.#isBroken()) await this.#tellLanes()
    }
    this.#lookForLoss()
  }

  /** For a person who looks for the cause. */
  async #tellLanes(): Promise<void> {
    const told = this.#site.lanes().then(async (lanes) => {
      for (const lane of lanes) {
        const { lastError, ...figures } = await lane.figures()
        this.#trace(`${JSON.stringify(figures)} ${String(lastError?.text ?? '')}`)
      }
    })
    let isTold = false
    void told.finally(() => {
      isTold = true
    })
    await this.#clock.pass(this.#clock.nowMs + 10_000, () => isTold)
  }

  #lookForHeld(): void {
    for (const { id, stream, confirmedIn } of this.#truth.values)
      if (confirmedIn === this.#truth.opening && this.#ledgers.isPending(id))
        this.#truth.violated('left behind', `value ${id} of ${stream} was confirmed, and is still on the disk`)
    const waiting = this.#waitingStreams()
    const isHeld = (value: Value) => !value.isBad && !this.#isSettled(value) && !waiting.has(value.stream)
    const held = this.#truth.values.filter(isHeld)
    const [first] = held
    if (!first) return
    const text = `${held.length} good values, such as ${first.id} of ${first.stream}, are not delivered ${deliveredWithinMs / 60_000} minutes after all troubles are over`
    this.#truth.violated('not delivered', text)
  }

  /** Whose values may wait: of devices at fault; and, without room for dead letters, of streams with refused values. */
  #waitingStreams(): Set<string> {
    const { values } = this.#truth
    const waiting = new Set(this.#deviceFaults.keys())
    const isRefused = ({ isBad, isMisjudged }: Value) => isBad || isMisjudged
    const { maxBytes, deadShare } = this.history
    if (this.#ledgers.deadBytes() > maxBytes * deadShare - mostLetterBytes)
      for (const value of values) if (isRefused(value)) waiting.add(value.stream)
    return waiting
  }

  #isDone(): boolean {
    const isOver = (value: Value) => this.#isSettled(value) || this.#deviceFaults.has(value.stream)
    return this.#site.isRunning && this.#truth.values.every(isOver)
  }

  #isSettled({ offer, isBad, isSettled, isGivenUp, hasDied, id }: Value): boolean {
    if (offer === 'open') return false
    if (isSettled || isGivenUp || hasDied || offer === 'refused') return true
    return (isBad || offer === 'unknown') && !this.#ledgers.isKept(id)
  }

  #outcome(startMs: number): Outcome {
    const { values, violations } = this.#truth
    const [violation] = violations
    const accepted = values.filter(({ offer }) => offer === 'accepted').length
    const delivered = values.filter(({ taken }) => taken > 0).length
    const simulatedMs = this.#clock.nowMs - startMs
    const digest = createHash('sha256')
    for (const { takenMs, taken, acceptedMs, offer } of values)
      digest.update(`${takenMs} ${taken} ${acceptedMs} ${offer}\n`)
    digest.update(`${this.#requests} ${simulatedMs}`)
    return {
      ...(violation && { violation: { kind: violation.kind, text: violation.message } }),
      accepted,
      delivered,
      requests: this.#requests,
      simulatedMs,
      digest: digest.digest('hex').slice(0, 16),
    }
  }
}
