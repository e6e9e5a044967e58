import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** For running from the sources, without a build: a time before any of them was written. */
const sourcesMs = Date.UTC(2020, 0)

/** When this package was built, Unix ms; the build leaves it beside the library. */
export const builtMs = readBuilt()

function readBuilt(): number {
  try {
    const { builtMs } = JSON.parse(readFileSync(join(__dirname, '..', 'built.json'), 'utf8')) as { builtMs?: unknown }
    return typeof builtMs === 'number' ? builtMs : sourcesMs
  } catch {
    return sourcesMs
  }
}
