import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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

/**
 * Builds and packs the package, and installs the tarball.
 * @param neighbours folders of other packages to install beside it
 */
export async function installPackedPackage(...neighbours: readonly string[]): Promise<InstalledPackage> {
  const userDir = mkdtempSync(join(tmpdir(), 'edgecourier-'))
  const remove = () => rmSync(userDir, { recursive: true, force: true })
  try {
    const tarball = process.env['PACKAGE_UNDER_TEST'] ?? (await packPackage(userDir))
    writeFileSync(join(userDir, 'package.json'), '{ "private": true }\n')
    // Copied, not linked: a neighbour shares what is hoisted, as one from the registry does.
    const packages = [tarball, ...neighbours]
    await npm(userDir, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--install-links', ...packages)
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

/** Builds the package and packs it into a folder; gives the path of the tarball. */
export async function packPackage(folder: string): Promise<string> {
  await npm(packageRoot, 'pack', '--pack-destination', folder)
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
