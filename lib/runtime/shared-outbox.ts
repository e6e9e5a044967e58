import type { NodeAPI } from 'node-red'
import { ConnectorError, say } from '../core'
import { warmUp } from '../http'
import { type Outbox, type OutboxOptions, openOutbox } from '../outbox'
import { runtimeState } from './runtime-state'

/** An open folder, shared by deployments one after the other: it is closed when nobody asked for it in time. */
export interface SharedOutbox {
  opening: Promise<Outbox>
  /** The options it was opened with, as text. */
  options: string
  users: number
  ending: NodeJS.Timeout | undefined
  /** Set as soon as it is being closed: the folder is free once it resolves. */
  closing: Promise<void> | undefined
}

export type SharedOutboxes = Map<string, SharedOutbox>

/** How long an outbox stays open for the next deployment. */
const afterlifeMs = 3_000

/** The open folders of this Node-RED. */
export function sharedOutboxes(RED: NodeAPI): SharedOutboxes {
  return runtimeState(RED, 'outboxes', () => new Map<string, SharedOutbox>())
}

/** @throws ConnectorError `CONFIG_INVALID` where somebody has the folder open with other options */
export function acquire(shared: SharedOutboxes, options: OutboxOptions): SharedOutbox {
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
  shared: SharedOutboxes,
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

export function release(shared: SharedOutboxes, folder: string, own: SharedOutbox): void {
  own.users -= 1
  clearTimeout(own.ending)
  if (own.users === 0) own.ending = setTimeout(() => end(shared, folder, own), afterlifeMs).unref()
}

/** Closes an outbox that is only kept for the next deployment. Answers whether it is free: `false` where somebody uses it. */
export async function retire(shared: SharedOutboxes, folder: string): Promise<boolean> {
  const present = shared.get(folder)
  if (present && present.users > 0) return false
  if (present) await end(shared, folder, present)
  return true
}

function end(shared: SharedOutboxes, folder: string, own: SharedOutbox): Promise<void> {
  clearTimeout(own.ending)
  own.closing ??= own.opening
    .then(
      (outbox) => outbox.close(),
      () => undefined,
    )
    .finally(() => forget(shared, folder, own))
  return own.closing
}

function forget(shared: SharedOutboxes, folder: string, own: SharedOutbox): void {
  if (shared.get(folder) === own) shared.delete(folder)
}

function otherOptions(folder: string): ConnectorError {
  return new ConnectorError(
    'CONFIG_INVALID',
    say`Another cloud-outbox configuration has the folder ${folder} open with other limits. Choose the same one in all nodes, or another folder.`,
  )
}
