import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fault that is planted into the product's source as it is loaded, in a process of its own; the files stay as they are. */
export interface Mutant {
  readonly name: string
  /** Under `lib/`. */
  readonly file: string
  /** Stands there once. */
  readonly find: string
  readonly instead: string
}

export const mutants: readonly Mutant[] = []

const sources = join(__dirname, '..', '..', 'lib')

/** @throws where the product has changed, so that the fault can't be planted any more */
export function mutated({ name, file, find, instead }: Mutant): string {
  const source = readFileSync(join(sources, file), 'utf8')
  if (source.split(find).length !== 2) throw new Error(`mutant "${name}": its place is not in ${file} once`)
  return source.replace(find, () => instead)
}

/** From now on the file is loaded with the fault in it. */
export function applyMutant(mutant: Mutant): void {
  const path = join(sources, mutant.file)
  const text = mutated(mutant)
  // The loader of TypeScript reads the file through this function, whole.
  const files = require('node:fs') as { readFileSync: typeof readFileSync }
  const read = files.readFileSync
  files.readFileSync = ((file: unknown, ...rest: unknown[]) =>
    file === path ? text : (read as (...args: unknown[]) => unknown)(file, ...rest)) as typeof readFileSync
}
