import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ConnectorError, say } from '../../core'
import { isTable, mendTables } from './damaged-tables'
import { keptLogsIn, quarantineIn, storeFolder, storeIn } from './folder'
import { KeptLogs } from './kept-logs'
import { isReadOnly, type Store, type StoreDriver, StoreFault } from './store'

export interface OpenedStore<Content> {
  readonly store: Store
  /** What was read from it to begin with. */
  readonly content: Content
  /** What it took. After a quarantine the store is new and empty. */
  readonly outcome: OpenOutcome
}
export type OpenOutcome = 'clean' | 'repaired' | 'quarantined'

export interface OpenStoreOptions<Content> {
  readonly driver: StoreDriver
  /** The outbox's; the store is in a folder of its own in it. */
  readonly folder: string
  /** Names the quarantine. */
  readonly nowMs: number
  /** What has to be readable for the store to count as open. */
  read(store: Store): Promise<Content>
  /** So much of the tables is verified before opening; damage in the rest may make LevelDB end the process. */
  readonly verifiedBytes: number
  /** The store was open, and LevelDB said that it is damaged. */
  readonly isCorrupt?: boolean
}

/**
 * Opens the store whatever state its files are in. Damaged tables are mended, and of damaged logs whole records are put
 * back, now or once there is room; what still can't be opened is repaired. When that fails, a new store begins with the
 * tables and what the logs hold, and the rest is set aside in a quarantine folder; when that fails too, so are the tables.
 * @throws {StoreFault} locked, full, unavailable, or io when the folder itself can't be used
 */
export async function openStore<Content>(options: OpenStoreOptions<Content>): Promise<OpenedStore<Content>> {
  const { driver, folder, nowMs, read, verifiedBytes, isCorrupt = false } = options
  const path = storeIn(folder)
  const quarantine = quarantineIn(folder, nowMs)
  const mend = (mostBytes: number) => mendTables(path, quarantine, mostBytes).catch(asFault)
  const logs = new KeptLogs(path, keptLogsIn(folder))
  const keepLogs = () => logs.keep().catch(asFault)
  const opened = (outcome: OpenOutcome) =>
    openAndRead(driver, path, logs, read).then((result) => ({ ...result, outcome }))
  await logs.keepIfDamaged().catch(asFault)
  const isMended = await mend(isCorrupt ? Number.POSITIVE_INFINITY : verifiedBytes)
  if ((isMended || !isCorrupt) && !(await lacksItsIndex(path))) {
    try {
      return await opened(isMended ? 'repaired' : 'clean')
    } catch (error) {
      if (isHopeless(error)) throw error
    }
  }
  try {
    await mend(Number.POSITIVE_INFINITY)
    await keepLogs()
    await driver.repair(path)
    return await opened('repaired')
  } catch (error) {
    if (isHopeless(error)) throw error
  }
  try {
    await keepLogs()
    await setAside(path, quarantine, (name) => !isTable(name)).catch(asFault)
    await driver.repair(path)
    return await opened('quarantined')
  } catch (error) {
    if (isHopeless(error)) throw error
  }
  await setAside(path, quarantine, () => true).catch(asFault)
  return opened('quarantined')
}

/** Moves files of the store into the quarantine, beside the damaged tables there. */
async function setAside(path: string, quarantine: string, isMeant: (name: string) => boolean): Promise<void> {
  const place = join(quarantine, storeFolder)
  await mkdir(place, { recursive: true, mode: 0o700 })
  for (const name of await readdir(path)) if (isMeant(name)) await rename(join(path, name), join(place, name))
}

async function openAndRead<Content>(
  driver: StoreDriver,
  path: string,
  logs: KeptLogs,
  read: (store: Store) => Promise<Content>,
) {
  const store = await driver.open(path)
  try {
    await logs.putBackInto(store)
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

/** Another process has the folder open. */
export class HeldElsewhere extends ConnectorError {
  constructor(folder: string) {
    super(
      'OUTBOX_UNAVAILABLE',
      say`Another process uses the outbox folder ${folder}. Stop it, or choose another folder.`,
    )
  }
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
      return new HeldElsewhere(folder)
    case 'unavailable':
      return new ConnectorError(
        'OUTBOX_UNAVAILABLE',
        say`The outbox needs the package classic-level, which has no binary for ${process.platform} ${process.arch} here.`,
      )
    default:
      if (isReadOnly(reason))
        return new ConnectorError(
          'OUTBOX_UNAVAILABLE',
          say`The disk of the outbox folder ${folder} is read-only, as after a disk fault. Check it and make it writable; the outbox then carries on by itself.`,
        )
      return new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox folder ${folder} can't be written: ${reason}`)
  }
}
