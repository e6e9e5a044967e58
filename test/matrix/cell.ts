import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { packageRoot } from '../runtime/packed-package'
import type { Tool } from './toolbox'

/** One combination of versions, and the test files that run in it. */
export interface Cell {
  name: string
  node: Tool
  /** Started as a program of its own; without it the tests themselves run on the cell's Node.js. */
  nodeRed?: Tool
  files: readonly string[]
  /** What the files test, for the table. */
  rooms: string
}

export interface Outcome {
  cell: Cell
  passed: number
  failed: number
  seconds: number
}

const mocha = createRequire(__filename).resolve('mocha/bin/mocha.js')

/** Longer than any cell takes: tests that hang fail. */
const endWithinMs = 20 * 60_000

/** Runs the cell's tests with the packed package; prints what they say only where one of them fails. */
export async function runCell(cell: Cell, tarball: string): Promise<Outcome> {
  const { node, nodeRed, files } = cell
  const since = performance.now()
  const underTest = nodeRed && {
    NODE_UNDER_TEST: node.path,
    NODE_RED_UNDER_TEST: nodeRed.path,
    PACKAGE_UNDER_TEST: tarball,
  }
  const tests = spawn(nodeRed ? process.execPath : node.path, [mocha, ...files], {
    cwd: packageRoot,
    env: { ...process.env, ...underTest },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: endWithinMs,
    killSignal: 'SIGKILL',
  })
  let said = ''
  for (const stream of [tests.stdout, tests.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part
    })
  }
  const [code] = (await once(tests, 'close')) as [number | null]
  const seconds = Math.round((performance.now() - since) / 1000)
  const [, passed = 0, failed = 1] = /^(\d+) passed, (\d+) failed\s*$/m.exec(said) ?? []
  if (code !== 0) console.log(said)
  // A run that breaks off before its last line has failed, whatever it counted.
  return { cell, passed: Number(passed), failed: Math.max(Number(failed), code === 0 ? 0 : 1), seconds }
}
