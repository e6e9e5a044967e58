import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { packPackage } from '../runtime/packed-package'
import { type Cell, type Outcome, runCell } from './cell'
import { type TestFile, testFiles } from './files'
import { cacheFolder, install, suits, type Tool } from './toolbox'

const nodeRanges = ['20', '22', '24']
const nodeRedRanges = ['4.1', '5']
/**
 * Every test in every cell. Else browser tests run once for each Node-RED, whose editor is the same on every Node.js: here
 * for those that `npm test` does not drive already. What depends on no version is left to `npm test`, too.
 */
const isWhole = process.argv.includes('--all')
const dependsOnNoVersion =
  /test.(bench|offline|editor.(choices|dialogs|languages|menus|paste|pictures|preview|set-up)|runtime.(secrets|choices|permissions|retry-table)|outbox.(damage|queue-model|lane|retry-table))/

const files = testFiles().filter(({ path }) => isWhole || !dependsOnNoVersion.test(path))
const minorOf = (version: string) => version.split('.', 2).join('.')
const ownNodeRed = minorOf(JSON.parse(readFileSync(require.resolve('node-red/package.json'), 'utf8')).version)
/** What touches sockets, TLS, disk or Node-RED within the test's own process: such tests run on the Node.js itself. */
const ofLibrary = files.filter(
  ({ path, startsNodeRed }) => /^test.(http|outbox|nodes|runtime)\b/.test(path) && !startsNodeRed,
)
/** Every dialog in each theme, at each width: with `--all`, or LOOKS=all, in each language, too, for which no other run has time. */
const ofEveryLook = 'test/editor/every-dialog.test.ts'

async function main(): Promise<void> {
  if (isWhole) process.env['LOOKS'] = 'all'
  // The machine's Node.js and the project's Node-RED are no exception: every version has a folder of its own.
  const [nodes, nodeReds] = await Promise.all([
    Promise.all(nodeRanges.map((range) => install('node', range, 'bin/node'))),
    Promise.all(nodeRedRanges.map((range) => install('node-red', range, 'red.js'))),
  ])
  const folder = join(cacheFolder, 'package')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const tarball = await packPackage(folder)

  const outcomes = await outcomesOf(cellsOf(nodes, nodeReds), tarball)
  console.log(`\n${table(outcomes)}\n`)
  const sumOf = (figure: 'passed' | 'failed') => outcomes.reduce((sum, outcome) => sum + outcome[figure], 0)
  console.log(`${sumOf('passed')} passed, ${sumOf('failed')} failed`)
  process.exitCode = sumOf('failed') > 0 ? 1 : 0
}

/** A cell keeps a core busy, and waits a good deal besides: so there are as many at a time as cores. */
async function outcomesOf(cells: readonly Cell[], tarball: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const waiting = cells.entries()
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (const [at, cell] of waiting) {
      console.log(`${cell.name} …`)
      const outcome = await runCell(cell, tarball)
      console.log(`${cell.name}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.seconds} s`)
      outcomes[at] = outcome
    }
  })
  await Promise.all(lanes)
  return outcomes
}

function cellsOf(nodes: readonly Tool[], nodeReds: readonly Tool[]): Cell[] {
  const ofNodeRed = nodeReds.flatMap((nodeRed) => {
    const suitable = nodes.filter(({ version }) => suits(version, nodeRed.engines))
    return suitable.map((node) => {
      const isLast = node === suitable.at(-1)
      const hasBrowser = isWhole || (isLast && minorOf(nodeRed.version) !== ownNodeRed)
      const isOfCell = ({ path, startsNodeRed, drivesBrowser }: TestFile) =>
        path === ofEveryLook ? isLast && hasBrowser : startsNodeRed && (hasBrowser || !drivesBrowser)
      const rooms = ['runtime, examples', ...(hasBrowser ? ['browser'] : [])].join(', ')
      const name = `Node-RED ${nodeRed.version} on Node.js ${node.version}`
      return { name, node, nodeRed, files: pathsOf(files.filter(isOfCell)), rooms }
    })
  })
  const ofNode = nodes.slice(isWhole ? 1 : -1).map((node) => ({
    name: `library on Node.js ${node.version}`,
    node,
    files: pathsOf(ofLibrary),
    rooms: 'HTTP, outbox, nodes',
  }))
  return [...ofNodeRed, ...ofNode]
}

const pathsOf = (of: readonly TestFile[]) => of.map(({ path }) => path)

function table(outcomes: readonly Outcome[]): string {
  return [
    '| Node.js | Node-RED | tests | passed | failed | seconds |',
    '|---|---|---|---:|---:|---:|',
    ...outcomes.map(
      ({ cell: { node, nodeRed, rooms }, passed, failed, seconds }) =>
        `| ${node.version} | ${nodeRed?.version ?? ''} | ${rooms} | ${passed} | ${failed} | ${seconds} |`,
    ),
  ].join('\n')
}

main().catch((failure: unknown) => {
  console.error(failure)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
})
