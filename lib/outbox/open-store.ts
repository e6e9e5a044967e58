import { chmod, mkdir, open, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConnectorError } from '../http'
import { say } from '../text'
import { putBack, rescueFromLogs } from './damaged-log'
import { type Store, type StoreDriver, type StoreEntry, StoreFault } from './store'

export interface OpenedStore<Content> {
  readonly store: Store
  /** What was read from it to begin with. */
  readonly content: Content
  /** What it took. After a quarantine the store is new and empty. */
  readonly outcome: OpenOutcome
}
export type OpenOutcome = 'clean' | 'repaired' | 'quarantined'

const storeFolder = 'store'

/** Makes the outbox's folder, private to this user, and puts its name on the disk. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(join(folder, storeFolder), { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    for (const path of [join(folder, storeFolder), folder, dirname(folder)]) await syncFolder(path)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox folder ${folder} can't be used (${reason}).`)
  }
}

/**
 * Opens the store whatever state its files are in: damaged ones are repaired, and when that fails they are set aside in
 * a quarantine folder and the store begins anew.
 * @param read what has to be readable for the store to count as open
 * @throws {StoreFault} locked, full, unavailable, or io when the folder itself can't be used
 */
export async function openStore<Content>(
  driver: StoreDriver,
  folder: string,
  nowMs: number,
  read: (store: Store) => Promise<Content>,
  repairFirst = false,
): Promise<OpenedStore<Content>> {
  const path = join(folder, storeFolder)
  const rescued = await rescueFromLogs(path)
  if (!repairFirst && !(await lacksItsIndex(path))) {
    try {
      return { ...(await openAndRead(driver, path, rescued, read)), outcome: 'clean' }
    } catch (error) {
      if (isHopeless(error)) throw error
    }
  }
  try {
    await driver.repair(path)
    return { ...(await openAndRead(driver, path, rescued, read)), outcome: 'repaired' }
  } catch (error) {
    if (isHopeless(error)) throw error
  }
  await rename(path, join(folder, `quarantine-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`)).catch(
    asFault,
  )
  await mkdir(path, { mode: 0o700 }).catch(asFault)
  return { ...(await openAndRead(driver, path, rescued, read)), outcome: 'quarantined' }
}

/** After several starts without a proper end: looks, in another process, whether the store is to blame. */
export async function removeKillers(driver: StoreDriver, folder: string, nowMs: number): Promise<void> {
  const scratch = join(folder, 'trial')
  await driver.setAsideWhatKills?.(join(folder, storeFolder), scratch, quarantineFolder(folder, nowMs))
}

function quarantineFolder(folder: string, nowMs: number): string {
  return join(folder, `quarantine-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`)
}

async function openAndRead<Content>(
  driver: StoreDriver,
  path: string,
  rescued: readonly StoreEntry[],
  read: (store: Store) => Promise<Content>,
) {
  const store = await driver.open(path)
  try {
    await putBack(store, rescued)
    return { store, content: await read(store) }
  } catch (error) {
    await store.close().catch(() => undefined)
    throw error
  }
}

/** Faults that are not about the bytes in the files: trying again later is right, repairing is not. */
function isHopeless(error: unknown): boolean {
  if (!(error instanceof StoreFault)) return true
  return error.kind === 'locked' || error.kind === 'full' || error.kind === 'unavailable' || isRefusal(error)
}

function isRefusal(fault: StoreFault): boolean {
  return /permission denied|read-only file system|input\/output error|too many open files/i.test(fault.message)
}

/** LevelDB takes a folder without CURRENT for a new one and deletes the data files in it. */
async function lacksItsIndex(path: string): Promise<boolean> {
  const names: string[] = await readdir(path).catch(() => [])
  return !names.includes('CURRENT') && names.some((name) => /\.(ldb|sst|log)$/.test(name))
}

function asFault(error: unknown): never {
  throw new StoreFault((error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'full' : 'io', String(error))
}

/** Windows can't sync a folder, and doesn't need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

/** What a store fault means to a user. */
export function storeError(fault: unknown, folder: string): ConnectorError {
  if (fault instanceof ConnectorError) return fault
  const kind = fault instanceof StoreFault ? fault.kind : 'io'
  const reason = fault instanceof Error ? fault.message : String(fault)
  switch (kind) {
    case 'full':
      return new ConnectorError('OUTBOX_FULL', say`The disk of the outbox folder ${folder} is full. Free some space.`)
    case 'locked':
      return new ConnectorError(
        'OUTBOX_UNAVAILABLE',
        say`Another process uses the outbox folder ${folder}. Stop it, or choose another folder.`,
      )
    case 'unavailable':
      return new ConnectorError(
        'OUTBOX_UNAVAILABLE',
        say`The outbox needs the package classic-level, which has no binary for ${process.platform} ${process.arch} here.`,
      )
    default:
      return new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox folder ${folder} can't be written: ${reason}`)
  }
}
