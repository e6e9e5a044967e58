// Compiles TypeScript to dist/ and lays the editor's pages, icons and locales where Node-RED looks for them:
// beside the node files (dist/nodes).
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { help, pages } from './pages.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

rmSync(join(root, 'dist'), { recursive: true, force: true })
const compiled = spawnSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (compiled.status !== 0) process.exit(compiled.status ?? 1)

// TypeScript passes on by getters what a room's index exports. A getter takes longer than what is done for a row with most of
// what it gives: reading an entry took up to twice the time. The rooms import each other one way only, so all values are there.
const getter =
  /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return ([\w.]+); \} \}\);$/gm
for (const file of readdirSync(join(root, 'dist/lib'), { recursive: true })) {
  if (!file.endsWith('index.js')) continue
  const path = join(root, 'dist/lib', file)
  writeFileSync(path, readFileSync(path, 'utf8').replace(getter, 'exports.$1 = $2;'))
}

// Before this no PC's clock can be right. SOURCE_DATE_EPOCH: https://reproducible-builds.org/specs/source-date-epoch
const builtMs = process.env.SOURCE_DATE_EPOCH ? Number(process.env.SOURCE_DATE_EPOCH) * 1000 : Date.now()
writeFileSync(join(root, 'dist/lib/built.json'), `${JSON.stringify({ builtMs })}\n`)

const isSource = (path) => path.endsWith('.ts') || basename(path) === 'errors.json'
for (const [from, to] of [
  ['nodes', 'dist/nodes'],
  ['icons', 'dist/nodes/icons'],
]) {
  cpSync(join(root, from), join(root, to), { recursive: true, filter: (path) => !isSource(path) })
}
for (const [path, page] of [...(await pages()), ...(await help())]) writeFileSync(join(root, 'dist/nodes', path), page)
console.log(
  `Built dist/ with ${readdirSync(join(root, 'dist/nodes')).filter((file) => file.endsWith('.js')).length} node files.`,
)
