import { mkdir, readdir, realpath, rename, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConnectorError, say } from '../core'
import { type OutboxOptions, openOutbox } from './outbox'
import { holdsOutbox, syncFolder, unlessMissing } from './queue/folder'
import { HeldElsewhere } from './queue/store-error'

/** A folder that an outbox had before, and in which something is left that nothing sends. */
export interface FormerFolder {
  readonly folder: string
  /** What waits and what was refused; `undefined` where the folder cannot be opened. */
  readonly records: number | undefined
  /** Why it could not be taken along. */
  readonly error: ConnectorError
}

/**
 * Gives an outbox another folder: the old one gets the new name, with all that is in it. Nobody in this process may have
 * either open. Nothing is merged and nothing is copied: what cannot be renamed stays as it is.
 * @param options the scheduler, and where tests need them, disk and disk space
 * @returns what is left in the old folder; `undefined` where nothing is
 */
export async function moveOutbox(
  from: string,
  to: string,
  options: Omit<OutboxOptions, 'folder'> = {},
): Promise<FormerFolder | undefined> {
  const [source, target] = await Promise.all([from, to].map((path) => realpath(path).catch(() => undefined)))
  if (source === undefined || source === target || !(await holdsOutbox(source))) return undefined
  let records: number | undefined
  try {
    // Another process that has it open keeps it.
    records = await recordsIn(source, options)
    await renameFolder(source, to)
    return undefined
  } catch (failure) {
    if (records === 0) return undefined
    return { folder: from, records, error: asReason(failure, to) }
  }
}

/**
 * How many records are in a folder that nobody in this process has open: what waits and what was refused. Of an outbox that
 * is larger than `mostBytes`, or cannot be opened, nobody knows: `undefined`. What another process has is its own: 0.
 */
export async function countRecords(
  folder: string,
  mostBytes: number,
  options: Omit<OutboxOptions, 'folder'> = {},
): Promise<number | undefined> {
  if (!(await holdsOutbox(folder))) return 0
  try {
    return (await bytesIn(folder)) > mostBytes ? undefined : await recordsIn(folder, options)
  } catch (failure) {
    return failure instanceof HeldElsewhere ? 0 : undefined
  }
}

async function bytesIn(folder: string): Promise<number> {
  // Whoever has just closed it deletes files yet.
  const found = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name)).catch(unlessMissing)))
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

async function recordsIn(folder: string, options: Omit<OutboxOptions, 'folder'>): Promise<number> {
  const outbox = await openOutbox({ ...options, folder })
  try {
    const { lanes } = await outbox.figures()
    return lanes.reduce((sum, { pending, dead }) => sum + pending + dead, 0)
  } finally {
    await outbox.close()
  }
}

async function renameFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  // Elsewhere an empty folder is replaced as a file would be.
  if (process.platform === 'win32') await rmdir(to).catch(unlessMissing)
  await rename(from, to)
  for (const path of [dirname(from), dirname(to)]) await syncFolder(path)
}

function asReason(failure: unknown, to: string): ConnectorError {
  if (failure instanceof ConnectorError) return failure
  const code = (failure as NodeJS.ErrnoException).code ?? String(failure)
  const reasons: Record<string, ConnectorError['text']> = {
    EXDEV: say`${to} is on another disk.`,
    ENOTEMPTY: say`${to} is not empty.`,
    EEXIST: say`${to} is not empty.`,
  }
  return new ConnectorError('OUTBOX_UNAVAILABLE', reasons[code] ?? say`${to} cannot replace it (${code}).`)
}
