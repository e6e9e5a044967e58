import type { ConnectorError } from '../core'
import type { LaneFigures, OutboxFigures } from './figures'
import { Lane } from './lane'
import type { Arrivals } from './queue/arrivals'
import { type QueueOptions, type ResolvedQueueOptions, resolveOptions } from './queue/options'
import { DurableQueue, type NewRecord } from './queue/queue'
import type { DeadReason, DeadRecord } from './record/dead-letter'
import type { EvictionEntry, EvictionQuery } from './record/eviction'

export interface OutboxOptions extends QueueOptions {
  /** Records that streams on their own ways hold of the queue together; one of them, an eighth. Default 16,000. */
  readonly asideRecords?: number
}

export type OutboxEvent =
  | { readonly type: 'lane-state'; readonly lane: string; readonly state: LaneFigures['state'] }
  /** Something in the lane's figures is other than before. It comes for each group that is written and each request. */
  | { readonly type: 'lane-figures'; readonly lane: string }
  /** Records were given up just now, and are kept. */
  | { readonly type: 'dead-letters'; readonly lane: string; readonly letters: readonly DeadRecord[] }
  /** The store can't be written (with why), or can again. */
  | { readonly type: 'store-state'; readonly error: DeadReason | undefined }

/** What every lane's sender is told. */
type SendingOptions = Pick<ResolvedQueueOptions, 'random'> & Required<Pick<OutboxOptions, 'asideRecords'>>

const closeTimeoutMs = 5000

/**
 * Opens the folder's outbox: the log, and a lane per cloud session.
 * @throws {ConnectorError} OUTBOX_UNAVAILABLE: another process has the folder, it can't be written, or it is of another
 * version. OUTBOX_FULL: the disk is full. Trying again later is right.
 */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const resolved = await resolveOptions(options)
  const lanes = new Map<string, Lane>()
  const listeners = new Set<(event: OutboxEvent) => void>()
  const tell = (event: OutboxEvent) => {
    for (const listener of listeners) listener(event)
  }
  const queue = await DurableQueue.open(resolved, {
    appended: (lane) => lanes.get(lane)?.appended(),
    counted: (lane) => tell({ type: 'lane-figures', lane }),
    died: (lane, letters) => tell({ type: 'dead-letters', lane, letters }),
    held: (lane, from, before) => lanes.get(lane)?.held(from, before) ?? { unsent: [], underWay: [] },
    surrender: (lane, unsent) => lanes.get(lane)?.surrender(unsent),
    evicted: (lane) => lanes.get(lane)?.evicted(),
    reappeared: (lane, sequence) => lanes.get(lane)?.readAgainFrom(sequence),
    storeState: (error) => tell({ type: 'store-state', error: error && reason(error) }),
  })
  const { asideRecords = 16_000 } = options
  return new Outbox(queue, resolved, lanes, listeners, tell, { random: resolved.random, asideRecords })
}

/** An open outbox. Whoever opened it shares it and closes it. */
export class Outbox {
  readonly #openedMonotonicMs: number
  #closing: Promise<void> | undefined

  readonly #queue: DurableQueue
  readonly #options: ResolvedQueueOptions
  readonly #lanes: Map<string, Lane>
  readonly #listeners: Set<(event: OutboxEvent) => void>
  readonly #tell: (event: OutboxEvent) => void
  readonly #sending: SendingOptions

  /** @internal use `openOutbox` */
  constructor(
    queue: DurableQueue,
    options: ResolvedQueueOptions,
    lanes: Map<string, Lane>,
    listeners: Set<(event: OutboxEvent) => void>,
    tell: (event: OutboxEvent) => void,
    sending: SendingOptions,
  ) {
    this.#queue = queue
    this.#options = options
    this.#lanes = lanes
    this.#listeners = listeners
    this.#tell = tell
    this.#sending = sending
    this.#openedMonotonicMs = options.scheduler.monotonicMs()
    for (const { lane } of queue.all()) this.lane(lane)
  }

  /**
   * Takes a record in. Resolves once it is on disk.
   * @param payload cloud-ready JSON text
   * @param eventTimeMs when it was measured, Unix ms
   * @throws {ConnectorError} OUTBOX_FULL, OUTBOX_UNAVAILABLE, INPUT_INVALID
   */
  accept(lane: string, stream: string, payload: Buffer | string, eventTimeMs: number): Promise<void> {
    return this.#queue.append(lane, [{ stream, payload, eventTimeMs }])
  }

  /** Takes several in, all or none. */
  acceptAll(lane: string, records: readonly NewRecord[] | Arrivals): Promise<void> {
    return this.#queue.append(lane, records)
  }

  /** The lane of this name, made when first asked for. Attach a destination to it, and it sends. */
  lane(name: string): Lane {
    const queue = this.#queue
    const options = this.#options
    const openedMonotonicMs = this.#openedMonotonicMs
    const { scheduler, bootId } = options
    const lane =
      this.#lanes.get(name) ??
      new Lane({
        queue,
        lane: name,
        scheduler,
        bootId,
        ...this.#sending,
        openedMonotonicMs,
        onState: (lane) => this.#tell({ type: 'lane-state', lane, state: this.lane(lane).state }),
        onAnswer: (lane) => this.#tell({ type: 'lane-figures', lane }),
      })
    this.#lanes.set(name, lane)
    return lane
  }

  async figures(): Promise<OutboxFigures> {
    const queue = this.#queue
    const options = this.#options
    return {
      folder: options.folder,
      lanes: await Promise.all([...this.#lanes.values()].map((lane) => lane.figures())),
      heldBytes: queue.heldBytes(),
      maxBytes: options.maxBytes,
      storeError: queue.fault && reason(queue.fault),
      found: queue.found,
    }
  }

  /** The evictions, newest first; the latest thousand are kept. */
  evictions(query: EvictionQuery = {}): Promise<readonly EvictionEntry[]> {
    return this.#queue.evictions(query)
  }

  /** Calls back when something has happened; in the turn of the event loop in which it is known. Answers how to stop it. */
  onEvent(listener: (event: OutboxEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Takes nothing more in, commits what is queued, gives requests on their way 2 s, then aborts them. Done after 5 s at
   * the latest; the folder is free then, unless the disk hangs.
   */
  close({ timeoutMs = closeTimeoutMs } = {}): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const cancel = this.#options.scheduler.setTimeout(resolve, timeoutMs)
      void this.#shutDown().finally(() => {
        cancel()
        resolve()
      })
    })
    return this.#closing
  }

  async #shutDown(): Promise<void> {
    this.#queue.stopIntake()
    await Promise.all([...this.#lanes.values()].map((lane) => lane.detach()))
    await this.#queue.close()
    this.#listeners.clear()
  }
}

function reason(error: ConnectorError): DeadReason {
  return { code: error.code, text: error.text }
}
