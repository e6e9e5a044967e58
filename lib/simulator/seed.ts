import { readFileSync } from 'node:fs'
import { fieldsAt, InvalidInput } from './checked-input'
import { readJson } from './json'

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
  return parseSeedText(text, `The seed file ${path}`)
}

/**
 * @param name what it is, for the error
 * @throws InvalidInput for what is no seed; it quotes nothing, because a seed holds secrets
 */
export function parseSeedText(text: string, name: string): Seed {
  let value: unknown
  try {
    value = readJson(text)
  } catch (error) {
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? []
    const line = position && text.slice(0, Number(position)).split('\n').length
    throw new InvalidInput(`${name} is not JSON${line ? `, see line ${line}` : ''}`)
  }
  return parseSeed(value)
}
