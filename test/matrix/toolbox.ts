import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, packageRoot } from '../runtime/packed-package'

/** Outside git; what is there from an earlier run is used again, so delete it to get newer versions. */
export const cacheFolder = join(packageRoot, '.cache', 'matrix')

/** A program of an npm package, in a folder of its own. */
export interface Tool {
  version: string
  /** The Node.js it asks for, as in its manifest. */
  engines: string
  path: string
}

/** @param program the path of the program within its package */
export async function install(name: string, range: string, program: string): Promise<Tool> {
  const folder = join(cacheFolder, `${name}-${range}`)
  const home = join(folder, 'node_modules', name)
  if (!existsSync(join(home, program))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `${name}@${range}`)
  }
  const { version, engines } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return { version, engines: engines?.node ?? '', path: join(home, program) }
}

/** Whether this Node.js is one that `engines` of the form `>=22.9` asks for. */
export function suits(version: string, engines: string): boolean {
  const [, major, minor = 0] = /^>=(\d+)(?:\.(\d+))?/.exec(engines) ?? []
  if (major === undefined) throw new Error(`engines "${engines}" is not of the form >=22.9`)
  const [ofMajor = 0, ofMinor = 0] = version.split('.').map(Number)
  return ofMajor > Number(major) || (ofMajor === Number(major) && ofMinor >= Number(minor))
}
