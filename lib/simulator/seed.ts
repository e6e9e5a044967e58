import { readFileSync } from 'node:fs'
import { fieldsAt, InvalidInput } from './checked-input'

/** The content of a seed file, one part per cloud; each cloud reads its own part and fills in its defaults. */
export interface Seed {
  enos?: unknown
  thingplus?: unknown
}

/** Throws `InvalidInput` for what is no seed. */
export function parseSeed(value: unknown): Seed {
  return fieldsAt(value, 'seed', ['enos', 'thingplus'])
}

export function readSeedFile(path: string): Seed {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new InvalidInput(`Cannot read the seed file ${path}`)
  }
  try {
    return parseSeed(JSON.parse(text.replace(/^\uFEFF/, '')))
  } catch (error) {
    if (error instanceof InvalidInput) throw error
    throw new InvalidInput(`The seed file ${path} is not JSON: ${(error as Error).message}`)
  }
}
