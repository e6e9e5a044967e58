import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { NodeSettings } from '../lib/settings'

/** What a type of node declares: its settings, and the errors that it can raise. */
export interface Declaration {
  settings: NodeSettings
  codes: readonly string[]
}

const folder = join(__dirname, '..', 'nodes', 'settings')
// Before any test: some watch which files are read.
const declarations = new Map(
  readdirSync(folder).map((file) => [basename(file, '.ts'), require(join(folder, file)) as Declaration]),
)

/** The declaration in nodes/settings/; `undefined` for a node of somebody else's. */
export const declarationOf = (type: string): Declaration | undefined => declarations.get(type)
