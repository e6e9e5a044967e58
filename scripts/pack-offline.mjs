// `npm run pack:offline [FOLDER]`: one archive with the package and everything it needs, for a PC that reaches no
// registry, and beside it an SBOM. Takes the dependencies from node_modules, as `npm ci` put them there.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = resolve(process.argv[2] ?? join(root, 'offline'))
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const { scripts: _scripts, devDependencies: _devDependencies, ...manifest } = readJson('package.json')
const { packages } = readJson('package-lock.json')
const name = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}`

const staging = mkdtempSync(join(tmpdir(), 'edgecourier-offline-'))
try {
  mkdirSync(folder, { recursive: true })
  const needed = Object.keys(packages).filter((path) => path && !packages[path].dev)
  for (const path of [...manifest.files, 'README.md', 'LICENSE', ...needed]) {
    cpSync(join(root, path), join(staging, path), { recursive: true })
  }
  const bundled = { ...manifest, bundleDependencies: Object.keys(manifest.dependencies) }
  writeFileSync(join(staging, 'package.json'), JSON.stringify(bundled, null, 2))
  const [{ filename, entryCount, unpackedSize }] = JSON.parse(
    npm('pack', '--ignore-scripts', '--json', '--pack-destination', folder),
  )
  const archive = join(folder, `${name}-offline.tgz`)
  renameSync(join(folder, filename), archive)
  const sbom = join(folder, `${name}.cdx.json`)
  writeFileSync(sbom, named(npm('sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev')))
  console.log(`${archive}
  ${needed.length + 1} packages, ${entryCount} files, ${(unpackedSize / 1e6).toFixed(1)} MB installed
${sbom}

On the PC, in Node-RED's user directory (~/.node-red):  npm install ${name}-offline.tgz`)
} finally {
  rmSync(staging, { recursive: true, force: true })
}

function npm(...command) {
  // On Windows npm is a script, which only a shell starts.
  return execFileSync('npm', command, { cwd: staging, encoding: 'utf8', shell: process.platform === 'win32' })
}

/** npm calls the component by its folder, which is a temporary one here. */
function named(sbom) {
  const { metadata, ...parts } = JSON.parse(sbom)
  const component = { ...metadata.component, name: manifest.name }
  return JSON.stringify({ ...parts, metadata: { ...metadata, component } }, null, 2)
}
