import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'

export const packageRoot = join(__dirname, '..', '..')

/** A fresh user directory into which the package is installed as from npm: packed, then unpacked. */
export interface InstalledPackage {
  userDir: string
  /** The files of the tarball, with `/` between folders. */
  files: readonly string[]
  remove(): void
}

/** Builds and packs the package, and installs the tarball. */
export async function installPackedPackage(): Promise<InstalledPackage> {
  const userDir = mkdtempSync(join(tmpdir(), 'edgecourier-'))
  const remove = () => rmSync(userDir, { recursive: true, force: true })
  try {
    await npm(packageRoot, 'pack', '--pack-destination', userDir)
    const tarball = readdirSync(userDir).find((file) => file.endsWith('.tgz'))
    if (!tarball) throw new Error('npm pack made no tarball')
    writeFileSync(join(userDir, 'package.json'), '{ "private": true }\n')
    await npm(userDir, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`)
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

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

async function npm(cwd: string, ...command: string[]): Promise<void> {
  // On Windows npm is a script, which only a shell starts.
  await promisify(execFile)('npm', command, { cwd, shell: process.platform === 'win32' })
}
