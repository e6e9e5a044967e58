import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { nodeUnderTest } from './node-red'

export const packageRoot = join(__dirname, '..', '..')

/** A fresh user directory into which the package is installed as from npm: packed, then unpacked. */
export interface InstalledPackage {
  userDir: string
  /** The files of the tarball, with `/` between folders. */
  files: readonly string[]
  remove(): void
}

/** What a run makes once and every test of it uses: the tarball, and a user directory with it to copy from. */
let packed: Promise<string> | undefined
let template: Promise<string> | undefined

/**
 * Builds and packs the package, and installs the tarball.
 * @param neighbours folders of other packages to install beside it
 */
export async function installPackedPackage(...neighbours: readonly string[]): Promise<InstalledPackage> {
  const userDir = temporaryFolder()
  const remove = () => rmSync(userDir, { recursive: true, force: true })
  try {
    if (neighbours.length > 0) await installInto(userDir, neighbours)
    else {
      template ??= installedTemplate()
      await cp(await template, userDir, { recursive: true, verbatimSymlinks: true })
    }
    return {
      userDir,
      files: filesUnder(join(userDir, 'node_modules', '@edgecourier', 'node-red-enos-thingplus')),
      remove,
    }
  } catch (failure) {
    remove()
    throw failure
  }
}

async function installedTemplate(): Promise<string> {
  const folder = folderUntilExit()
  await installInto(folder, [])
  return folder
}

async function installInto(userDir: string, neighbours: readonly string[]): Promise<void> {
  packed ??= tarballUnderTest()
  writeFileSync(join(userDir, 'package.json'), '{ "private": true }\n')
  // Copied, not linked: a neighbour shares what is hoisted, as one from the registry does.
  const packages = [await packed, ...neighbours]
  await npm(userDir, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--install-links', ...packages)
}

/** The tarball that the matrix names, or one that is packed now. */
async function tarballUnderTest(): Promise<string> {
  return process.env['PACKAGE_UNDER_TEST'] ?? packPackage(folderUntilExit())
}

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'edgecourier-'))

function folderUntilExit(): string {
  const folder = temporaryFolder()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * Builds the package and packs it into a folder; gives the path of the tarball. `npm test` has built it already, and its tests
 * run beside each other: none may take `dist` away from under another.
 */
export async function packPackage(folder: string): Promise<string> {
  const isBuilt = process.env['npm_lifecycle_event'] === 'test'
  await npm(packageRoot, 'pack', '--pack-destination', folder, ...(isBuilt ? ['--ignore-scripts'] : []))
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (!tarball) throw new Error('npm pack made no tarball')
  return join(folder, tarball)
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

export async function npm(cwd: string, ...command: string[]): Promise<void> {
  // On Windows npm is a script, which only a shell starts.
  await promisify(execFile)('npm', command, { cwd, env: npmEnvironment(), shell: process.platform === 'win32' })
}

/** npm runs with the Node.js under test, because it chooses among versions by their `engines`. */
export const npmEnvironment = () => ({
  ...process.env,
  PATH: `${dirname(nodeUnderTest)}${delimiter}${process.env['PATH']}`,
})
