import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder on the real disk, the system's folder for temporary files. */
export const newFolder = (name: string): Promise<string> => mkdtemp(join(tmpdir(), `${name}-`))

/** Removes it with what is in it. Whoever still writes there (an outbox stays open for seconds after its last node) is waited for. */
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
