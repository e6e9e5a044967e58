import type { NodeAPI } from 'node-red'
import { ConnectorError, Shared, say, type Use } from '../core'
import { warmUp } from '../http'
import { type Outbox, type OutboxOptions, openOutbox } from '../outbox'
import { runtimeState } from './runtime-state'

/** An open folder, shared by deployments one after the other: it is closed when nobody asked for it in time. */
export interface SharedOutbox {
  readonly opening: Promise<Outbox>
  /** The options it was opened with, as text. */
  readonly options: string
}

export type SharedOutboxes = Shared<SharedOutbox>

/** How long an outbox stays open for the next deployment. */
const afterlifeMs = 3_000

/** The open folders of this Node-RED. */
export function sharedOutboxes(RED: NodeAPI): SharedOutboxes {
  const close = ({ opening }: SharedOutbox) =>
    opening.then(
      (outbox) => outbox.close(),
      () => undefined,
    )
  return runtimeState(RED, 'outboxes', () => new Shared<SharedOutbox>(afterlifeMs, close))
}

/** @throws ConnectorError `CONFIG_INVALID` where somebody has the folder open with other options */
export function acquire(shared: SharedOutboxes, outboxOptions: OutboxOptions): Use<SharedOutbox> {
  const { folder } = outboxOptions
  const options = JSON.stringify(outboxOptions)
  const open = (free: Promise<unknown>): SharedOutbox => {
    // What is sent from here is answered soon, and then memory is full of what the opening has read.
    void warmUp()
    const own = { opening: free.then(() => openOutbox(outboxOptions)), options }
    own.opening.catch(() => shared.forget(folder, own))
    return own
  }
  const use = shared.useFitting(folder, open, (present) => present.options === options)
  if (!use) throw otherOptions(folder)
  return use
}

function otherOptions(folder: string): ConnectorError {
  return new ConnectorError(
    'CONFIG_INVALID',
    say`Another cloud-outbox configuration has the folder ${folder} open with other limits. Choose the same one in all nodes, or another folder.`,
  )
}
