import type { NodeAPI } from 'node-red'
import { say, type Text } from '../core'
import { countRecords } from '../outbox'
import { translation } from './languages'
import { desertedFolders } from './outbox-clients'
import { outboxFolders } from './outbox-folders'
import { clockOf } from './pc-clock'
import { runtimeState } from './runtime-state'
import { sharedOutboxes } from './shared-outbox'

/** By then the outboxes of a deployment are open, and those that it has deleted are closed. */
const lookAfterMs = 5_000
/** A larger store is not opened to count what is in it. */
const mostCountedBytes = 64 * 1024 * 1024

/** What waits in the folder of an outbox whose configuration was deleted. */
export interface DesertedFolder {
  readonly folder: string
  /** What waits and what was refused; `undefined` where that takes too long to count. */
  readonly records: number | undefined
}

/** Tells in the log of folders in which something waits, and that no outbox configuration has any more. */
export class DesertedFolders {
  readonly #RED: NodeAPI
  readonly #tell: (text: Text) => void
  readonly #told = new Set<string>()
  /** A folder that no outbox uses gets nothing new. */
  readonly #empty = new Set<string>()
  #found: readonly DesertedFolder[] = []
  #looking: NodeJS.Timeout | undefined

  /** @param tell into Node-RED's log */
  constructor(RED: NodeAPI, tell: (text: Text) => void) {
    this.#RED = RED
    this.#tell = tell
  }

  /** Those that were there at the last look. */
  get found(): readonly DesertedFolder[] {
    return this.#found
  }

  /** Looks some seconds after each start of the flows. */
  watch(): void {
    this.#RED.events.on('flows:started', () => {
      clearTimeout(this.#looking)
      // What fails is tried again after the next start.
      this.#looking = setTimeout(() => this.look().catch(() => undefined), lookAfterMs).unref()
    })
  }

  /** Looks now. Each folder is reported once, and again if it was used in between. */
  async look(): Promise<void> {
    const found: DesertedFolder[] = []
    const deserted = desertedFolders(this.#RED)
    for (const known of [this.#told, this.#empty])
      for (const folder of known) if (!deserted.has(folder)) known.delete(folder)
    for (const folder of deserted) {
      if (this.#empty.has(folder)) continue
      const records = await outboxFolders(this.#RED).inTurn(() => this.#recordsIn(folder))
      if (records !== 0) found.push({ folder, records })
    }
    this.#found = found
    for (const one of found) {
      if (this.#told.has(one.folder)) continue
      this.#told.add(one.folder)
      this.#tell(whatWaits(one))
    }
  }

  async #recordsIn(folder: string): Promise<number | undefined> {
    // Another deployment may have taken it while others had their turn.
    if (!desertedFolders(this.#RED).has(folder)) return 0
    if (!(await sharedOutboxes(this.#RED).retire(folder))) return 0
    const records = await countRecords(folder, mostCountedBytes, { scheduler: clockOf(this.#RED) })
    if (records === 0) this.#empty.add(folder)
    return records
  }
}

function whatWaits({ folder, records }: DesertedFolder): Text {
  return records === undefined
    ? say`Values may be waiting in the folder ${folder}, which no outbox configuration uses any more: nothing sends them. Create a cloud-outbox configuration with this folder and choose it in the nodes, or delete the folder.`
    : say`Records are waiting in the folder ${folder} (number: ${records}), which no outbox configuration uses any more: nothing sends them. Create a cloud-outbox configuration with this folder and choose it in the nodes, or delete the folder.`
}

/** Those of this Node-RED, looked for from now on. */
export function watchDesertedFolders(RED: NodeAPI): DesertedFolders {
  return runtimeState(RED, 'deserted folders', () => {
    const folders = new DesertedFolders(RED, (text) => RED.log.warn(text.in(translation(RED))))
    folders.watch()
    return folders
  })
}
