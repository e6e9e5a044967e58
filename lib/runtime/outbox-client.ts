import type { NodeAPI } from 'node-red'
import { ConnectorError, type Finding, warmUp } from '../http'
import type { ValueReport } from '../message'
import {
  type Arrivals,
  type AttachOptions,
  type DeadRecord,
  type Destination,
  diskOutlook,
  gatherArrivals,
  type Lane,
  type LaneFigures,
  type Outbox,
  type OutboxFigures,
  type OutboxOptions,
  openOutbox,
  type Scheduler,
} from '../outbox'
import { say, type Text } from '../text'
import { DeadLetterLog } from './dead-letter-log'
import { LaneWatch } from './lane-watch'
import { clockOf } from './pc-clock'
import { runtimeState } from './runtime-state'

/** An open folder, shared by deployments one after the other: it is closed when nobody came for it in time. */
interface SharedOutbox {
  opening: Promise<Outbox>
  /** The options it was opened with, as text. */
  options: string
  users: number
  ending: NodeJS.Timeout | undefined
  /** Set from the moment on when it is being closed: the folder is free once it resolves. */
  closing: Promise<void> | undefined
}

/** How long an outbox stays open for the next deployment. */
const afterlifeMs = 3_000
/** Node-RED starts its flows first: what is opened for its backlog alone can wait that long. A message or command does not. */
const attachAfterMs = 300
/** How soon a folder that could not be opened is tried again. */
const attachAgainMs = 2_000

export type DeadLetterListener = (lane: string, letters: readonly DeadRecord[]) => void

interface Attachment {
  owner: object
  attempt: Promise<Lane | undefined>
  /** Makes the first attempt, once. */
  begin: () => void
  retry: NodeJS.Timeout | undefined
}

/** The outbox of one configuration node: opened at first use, its lanes attached until the node is closed. */
export class OutboxClient {
  readonly #shared: Map<string, SharedOutbox>
  readonly #options: OutboxOptions & { readonly scheduler: Scheduler }
  readonly #attached = new Map<string, Attachment>()
  readonly #watch = new LaneWatch(async (lane) => this.#open?.lane(lane).figures())
  readonly #deadLetters = new Set<DeadLetterListener>()
  #own: SharedOutbox | undefined
  /** What `#own` has opened. */
  #open: Outbox | undefined
  #unhear: (() => void) | undefined
  #isClosed = false

  /** @param warn into Node-RED's log, for the configuration node */
  constructor(RED: NodeAPI, options: OutboxOptions, warn: (text: Text) => void = () => undefined) {
    this.#shared = runtimeState(RED, 'outboxes', () => new Map<string, SharedOutbox>())
    this.#options = { ...options, scheduler: clockOf(RED) }
    const log = new DeadLetterLog(warn)
    this.#deadLetters.add((lane, letters) => log.died(lane, letters))
  }

  /** What its limits mean on the disk of its folder, whether it is open or not. */
  async checkDisk(): Promise<Finding[]> {
    return [await diskOutlook(this.#options)]
  }

  /** @throws ConnectorError `OUTBOX_UNAVAILABLE`, `OUTBOX_FULL`, `CONFIG_INVALID`; the next call tries again */
  async outbox(): Promise<Outbox> {
    // Who uses it finds the lanes of all nodes.
    for (const { begin } of this.#attached.values()) begin()
    const own = this.#own ?? acquire(this.#shared, this.#options)
    if (this.#isClosed) {
      // A message that outlasts its deployment is taken in all the same.
      release(this.#shared, this.#options.folder, own)
      return own.opening
    }
    this.#own = own
    try {
      const outbox = await own.opening
      this.#opened(outbox)
      return outbox
    } catch (failure) {
      if (this.#own === own) this.#own = undefined
      throw failure
    }
  }

  /**
   * Makes a lane send to this destination. Nodes that share an uplink attach it once. Where the folder cannot be opened,
   * it is tried again until it can, and each failure is told.
   * @param owner whose destination it is: another owner takes the lane over
   */
  attach(
    lane: string,
    owner: object,
    destination: Destination,
    options: AttachOptions,
    failed: (failure: unknown) => void,
  ): void {
    const present = this.#attached.get(lane)
    if (present?.owner === owner) return
    clearTimeout(present?.retry)
    const attempted = Promise.resolve(undefined)
    const attachment: Attachment = { owner, retry: undefined, begin: () => undefined, attempt: attempted }
    this.#attached.set(lane, attachment)
    const attempt = async (): Promise<Lane | undefined> => {
      try {
        const attached = (await this.outbox()).lane(lane)
        if (this.#attached.get(lane) === attachment) await attached.attach(destination, options)
        return attached
      } catch (failure) {
        if (this.#attached.get(lane) !== attachment) return undefined
        failed(failure)
        attachment.retry = setTimeout(() => {
          attachment.attempt = attempt()
        }, attachAgainMs).unref()
        return undefined
      }
    }
    attachment.begin = () => {
      attachment.begin = () => undefined
      clearTimeout(attachment.retry)
      attachment.attempt = attempt()
    }
    attachment.retry = setTimeout(() => attachment.begin(), attachAfterMs).unref()
  }

  /** An empty collection of what came at this time, to be accepted together. */
  gather(arrivedMs: number): Arrivals {
    return gatherArrivals(arrivedMs, this.#options.scheduler.monotonicMs())
  }

  /**
   * Takes them in, all or none; resolves once they are on disk.
   * @param report what of the same message could not be taken in
   */
  accept(lane: string, arrivals: Arrivals, report?: ValueReport): Promise<void> {
    const take = (outbox: Outbox) => {
      const accepted = outbox.acceptAll(lane, arrivals)
      return report && report.count > 0 ? accepted.then(() => outbox.lane(lane).leftOut(report)) : accepted
    }
    return this.#open && !this.#isClosed ? take(this.#open) : this.outbox().then(take)
  }

  async figures(): Promise<OutboxFigures> {
    return (await this.outbox()).figures()
  }

  /** Tells a lane's figures when they change, until the returned function is called. */
  watch(lane: string, listener: (figures: LaneFigures) => void): () => void {
    return this.#watch.watch(lane, listener)
  }

  /** Tells each record that is given up from now on, until the returned function is called. */
  onDeadLetters(listener: DeadLetterListener): () => void {
    this.#deadLetters.add(listener)
    return () => this.#deadLetters.delete(listener)
  }

  /** Ends sending, at most 2 s for what is under way, and leaves the folder to the next deployment. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#watch.close()
    const attachments = [...this.#attached.values()]
    this.#attached.clear()
    for (const { retry } of attachments) clearTimeout(retry)
    const lanes = await Promise.all(attachments.map(({ attempt }) => attempt))
    await Promise.all(lanes.map((lane) => lane?.detach()))
    this.#unhear?.()
    if (this.#own) release(this.#shared, this.#options.folder, this.#own)
    this.#own = undefined
    this.#open = undefined
  }

  #opened(outbox: Outbox): void {
    if (this.#open === outbox || this.#isClosed) return
    this.#open = outbox
    this.#unhear?.()
    this.#unhear = outbox.onEvent((event) => {
      if (event.type === 'lane-figures' || event.type === 'lane-state') this.#watch.changed(event.lane)
      else if (event.type === 'dead-letters')
        for (const listener of this.#deadLetters) listener(event.lane, event.letters)
    })
    this.#watch.changedAll()
  }
}

/** @throws ConnectorError `CONFIG_INVALID` where somebody has the folder open with other options */
function acquire(shared: Map<string, SharedOutbox>, options: OutboxOptions): SharedOutbox {
  const { folder } = options
  const text = JSON.stringify(options)
  const present = shared.get(folder)
  const isFitting = present && present.options === text && !present.closing
  if (present && present.users > 0 && !isFitting) throw otherOptions(folder)
  const own = isFitting ? present : open(shared, options, text, present && end(shared, folder, present))
  clearTimeout(own.ending)
  own.users += 1
  return own
}

function open(
  shared: Map<string, SharedOutbox>,
  options: OutboxOptions,
  text: string,
  free: Promise<void> = Promise.resolve(),
): SharedOutbox {
  // What is sent from here is answered soon, and then memory is full of what the opening has read.
  void warmUp()
  const opening = free.then(() => openOutbox(options))
  const own: SharedOutbox = { opening, options: text, users: 0, ending: undefined, closing: undefined }
  shared.set(options.folder, own)
  opening.catch(() => forget(shared, options.folder, own))
  return own
}

function release(shared: Map<string, SharedOutbox>, folder: string, own: SharedOutbox): void {
  own.users -= 1
  clearTimeout(own.ending)
  if (own.users === 0) own.ending = setTimeout(() => end(shared, folder, own), afterlifeMs).unref()
}

function end(shared: Map<string, SharedOutbox>, folder: string, own: SharedOutbox): Promise<void> {
  clearTimeout(own.ending)
  own.closing ??= own.opening
    .then(
      (outbox) => outbox.close(),
      () => undefined,
    )
    .finally(() => forget(shared, folder, own))
  return own.closing
}

function forget(shared: Map<string, SharedOutbox>, folder: string, own: SharedOutbox): void {
  if (shared.get(folder) === own) shared.delete(folder)
}

function otherOptions(folder: string): ConnectorError {
  return new ConnectorError(
    'CONFIG_INVALID',
    say`Another cloud-outbox configuration has the folder ${folder} open with other limits. Choose the same one in all nodes, or another folder.`,
  )
}
