import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { NodeAPI } from 'node-red'
import { isJsonObject, parseJson, replaceFile, say, type Text } from '../core'
import { translation } from './languages'
import { runtimeState } from './runtime-state'

/** Below Node-RED's user directory. */
const fileName = 'edgecourier-outboxes.json'

/**
 * Which folder each outbox configuration has, and those that it had before and in which something is left: what waits in a
 * folder must not be forgotten because a setting names another one. With a user directory it outlives the process.
 */
export class OutboxFolders {
  readonly #userDir: string | undefined
  readonly #failed: (failure: unknown, file: string) => void
  /** By configuration: its folder, then the former ones. */
  readonly #known: Map<string, readonly string[]>
  #changing: Promise<void> = Promise.resolve()

  /** @param failed told where the file cannot be written */
  constructor(userDir: string | undefined, failed: (failure: unknown, file: string) => void) {
    this.#userDir = userDir
    this.#failed = failed
    this.#known = new Map(userDir === undefined ? [] : entriesOf(join(userDir, fileName), userDir))
  }

  /** The folders that a configuration has, or has had. */
  of(key: string): readonly string[] {
    return this.#known.get(key) ?? []
  }

  /** Every configuration that is remembered, with its folder and then the former ones; be it deleted long ago. */
  all(): readonly (readonly [key: string, folders: readonly string[]])[] {
    return [...this.#known]
  }

  /** The configurations that had a folder when they were last opened. */
  havers(folder: string): readonly string[] {
    return [...this.#known].flatMap(([key, [current]]) => (current === folder ? [key] : []))
  }

  /** Works on folders one after the other; resolves with what `work` does. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#changing.then(work)
    this.#changing = result.then(nothing, nothing)
    return result
  }

  /** From now on a configuration has these: its folder, then those in which something is left. */
  async set(key: string, folders: readonly string[]): Promise<void> {
    if (isSame(this.of(key), folders)) return
    this.#known.set(key, folders)
    const userDir = this.#userDir
    if (userDir === undefined) return
    const file = join(userDir, fileName)
    const stored = Object.fromEntries(
      [...this.#known].map(([name, all]) => [name, all.map((folder) => asStored(folder, userDir))]),
    )
    try {
      await replaceFile(file, JSON.stringify({ folders: stored }))
    } catch (failure) {
      this.#failed(failure, file)
    }
  }
}

/** Those of this Node-RED. */
export function outboxFolders(RED: NodeAPI): OutboxFolders {
  return runtimeState(
    RED,
    'outbox folders',
    () =>
      new OutboxFolders(RED.settings?.userDir, (failure, file) => {
        const reason = (failure as NodeJS.ErrnoException).code ?? String(failure)
        const text: Text = say`The list of outbox folders cannot be saved in ${file} (${reason}): if a folder is changed while Node-RED is stopped, what is waiting in the old one will not be found. Make the file writable.`
        RED.log.warn(text.in(translation(RED)))
      }),
  )
}

const nothing = () => undefined

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((folder, at) => folder === other[at])

/** A user directory may be copied or moved: what it contains then belongs to the copy. */
function asStored(folder: string, userDir: string): string {
  const below = relative(userDir, folder)
  return below.startsWith('..') || isAbsolute(below) ? folder : below
}

function entriesOf(file: string, userDir: string): [string, readonly string[]][] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const stored = parseJson(text)
  const folders = isJsonObject(stored) && isJsonObject(stored.folders) ? stored.folders : {}
  return Object.entries(folders).map(([key, all]) => [
    key,
    [all].flat().flatMap((folder) => (typeof folder === 'string' ? [resolve(userDir, folder)] : [])),
  ])
}
