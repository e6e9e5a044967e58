import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConnectorError, say } from '../../core'
import { isLogFile } from '../log/names'
import { olderOutbox } from './store-error'

/** What a file system or a desktop puts into a folder that is empty to its owner. */
const ownerless: ReadonlySet<string> = new Set(['lost+found', 'System Volume Information', '.DS_Store', 'Thumbs.db'])

/**
 * Makes the outbox's folder, private to this user, and puts its name on the disk. A folder that is there already keeps its
 * owner and mode; it has to be an outbox's, or empty, else it stays untouched.
 * @throws {ConnectorError} OUTBOX_UNAVAILABLE
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await refuseForeign(folder)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const path of [folder, dirname(folder)]) await syncFolder(path)
  } catch (error) {
    if (error instanceof ConnectorError) throw error
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox folder ${folder} can't be used (${reason}).`)
  }
}

/** Of LevelDB, on which outboxes were before there was a log: in the folder itself, or in one of its own. */
const isOfOlder = (name: string): boolean => /^(CURRENT|MANIFEST-\d+|\d+\.ldb)$/.test(name)

async function isOlder(folder: string, names: readonly string[]): Promise<boolean> {
  if (names.some(isOfOlder)) return true
  return names.includes('store') && (await namesIn(join(folder, 'store'))).some(isOfOlder)
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

/** Whether there is an outbox in the folder, of this format or an older one. */
export async function holdsOutbox(folder: string): Promise<boolean> {
  const names = await namesIn(folder)
  return names.some(isLogFile) || isOlder(folder, names)
}

/** The folder may be a link, as to another disk; nothing in it may be one: an outbox writes to no other place. */
async function refuseForeign(folder: string): Promise<void> {
  const isThere = await stat(folder).then((found) => found.isDirectory() || notAFolder(folder), unlessMissing)
  if (!isThere) return
  const found = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !ownerless.has(name))
  if (found.length === 0) return
  if (
    await isOlder(
      folder,
      found.map(({ name }) => name),
    )
  )
    throw olderOutbox(folder)
  if (!found.some(({ name }) => isLogFile(name))) {
    throw new ConnectorError(
      'OUTBOX_UNAVAILABLE',
      say`The folder ${folder} holds other files and is not an outbox. Choose an empty folder, or the name of a new one.`,
    )
  }
  const elsewhere = found.find((entry) => entry.isSymbolicLink())
  if (elsewhere) {
    throw new ConnectorError(
      'OUTBOX_UNAVAILABLE',
      say`"${elsewhere.name}" in the outbox folder ${folder} is a link to another place. Remove it, or choose another folder.`,
    )
  }
}

function notAFolder(folder: string): never {
  throw new ConnectorError('OUTBOX_UNAVAILABLE', say`${folder} is a file. Choose the name of a folder for the outbox.`)
}

export function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}

/** Windows can't sync a folder, and doesn't need it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}
