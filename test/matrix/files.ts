import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf, sourcesUnder } from '../project/imports'
import { packageRoot } from '../runtime/packed-package'

/** A test file, and what runs while it does. */
export interface TestFile {
  path: string
  startsNodeRed: boolean
  drivesBrowser: boolean
}

/** Every test file of the project, by the calls in it and in what it imports of the tests. */
export function testFiles(): TestFile[] {
  return sourcesUnder('test')
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => {
      const parts = [...withImports(path)]
      const calls = (name: string, home: string) =>
        parts.some((part) => part !== home && read(part).includes(`${name}(`))
      return {
        path,
        startsNodeRed: calls('startNodeRed', 'test/runtime/node-red.ts'),
        drivesBrowser: calls('launchBrowser', 'test/editor/browser.ts'),
      }
    })
}

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8')

function withImports(path: string, found = new Set<string>()): Set<string> {
  found.add(path)
  for (const { to } of importsOf(path)) if (to.startsWith('test/') && !found.has(to)) withImports(to, found)
  return found
}
