import type { NodeAPI } from 'node-red'
import { ConnectorError, say, type Text } from '../core'
import { type FormerFolder, moveOutbox, type OutboxOptions } from '../outbox'
import { type OutboxFolders, outboxFolders } from './outbox-folders'
import { type SharedOutboxes, sharedOutboxes } from './shared-outbox'

/** Of one outbox configuration: what it has in folders that it had before. */
export class FormerFolders {
  readonly #shared: SharedOutboxes
  readonly #folders: OutboxFolders
  readonly #key: string
  readonly #options: OutboxOptions
  readonly #isTaken: (folder: string) => boolean
  readonly #tell: (error: Text) => void
  #bringing: Promise<void> | undefined
  #left: readonly FormerFolder[] = []

  /**
   * @param key tells the configuration from all others, over restarts
   * @param isTaken whether another configuration has this folder
   * @param tell into Node-RED's log
   */
  constructor(
    RED: NodeAPI,
    key: string,
    options: OutboxOptions,
    isTaken: (folder: string) => boolean,
    tell: (error: Text) => void,
  ) {
    this.#shared = sharedOutboxes(RED)
    this.#folders = outboxFolders(RED)
    this.#key = key
    this.#options = options
    this.#isTaken = isTaken
    this.#tell = tell
  }

  /** What could not be taken along; known once `bring` has resolved. */
  get left(): readonly FormerFolder[] {
    return this.#left
  }

  /** Moves what is in former folders, before the present one is opened; reports what has to stay. */
  bring(): Promise<void> {
    this.#bringing ??= this.#folders.inTurn(() => this.#bring())
    return this.#bringing
  }

  async #bring(): Promise<void> {
    const { folder } = this.#options
    const former = this.#folders.of(this.#key).filter((one) => one !== folder)
    const left: FormerFolder[] = []
    for (const one of former) {
      const remaining = await this.#take(one)
      if (remaining) left.push(remaining)
    }
    this.#left = left
    for (const one of left) this.#tell(whatStays(one))
    await this.#folders.set(this.#key, [folder, ...left.map((one) => one.folder)])
  }

  async #take(from: string): Promise<FormerFolder | undefined> {
    const { scheduler, folder } = this.#options
    if (this.#isTaken(from) || !(await this.#shared.retire(from))) {
      const error = new ConnectorError('CONFIG_INVALID', say`Another cloud-outbox configuration uses it now.`)
      return { folder: from, records: undefined, error }
    }
    return moveOutbox(from, folder, { scheduler })
  }
}

function whatStays({ folder, records, error }: FormerFolder): Text {
  return records === undefined
    ? say`What is left in ${folder}, the former folder of this outbox, is not sent: ${error.text} Set the folder back until nothing is waiting there.`
    : say`Records are waiting in ${folder}, the former folder of this outbox (number: ${records}), and are not sent: ${error.text} Set the folder back until nothing is waiting there, then change it again.`
}
