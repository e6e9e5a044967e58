import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import should from 'should'
import { patienceMs } from '../patience'
import { npm, packageRoot, packPackage } from './packed-package'

describe('The library entry of the packed package', function () {
  this.timeout(patienceMs)
  const folder = mkdtempSync(join(tmpdir(), 'edgecourier-'))
  let tarball: Buffer
  before(async () => {
    tarball = readFileSync(process.env['PACKAGE_UNDER_TEST'] ?? (await packPackage(folder)))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('has no fault that publint knows', async () => {
    const { publint } = await import('publint')
    const { messages } = await publint({ pack: { tarball: Uint8Array.from(tarball).buffer } })
    should(messages).be.empty()
  })

  it('has types that fit what each kind of import and each compiler setting finds', async () => {
    const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core')
    const analysis = await checkPackage(createPackageFromTarballData(tarball))
    should(analysis.types).not.be.false()
    should('problems' in analysis && analysis.problems).deepEqual([])
  })

  it('is installed beside an older got, which function nodes may have brought into the user directory', async () => {
    const userDir = mkdtempSync(join(tmpdir(), 'edgecourier-'))
    try {
      mkdirSync(join(userDir, 'older'))
      writeFileSync(join(userDir, 'older', 'package.json'), '{ "name": "got", "version": "11.8.6" }')
      writeFileSync(join(userDir, 'package.json'), '{ "private": true, "dependencies": { "got": "file:older" } }')
      writeFileSync(join(userDir, 'package.tgz'), tarball)
      await npm(userDir, 'install', '--prefer-offline', '--no-audit', '--package-lock-only', './package.tgz')
    } finally {
      rmSync(userDir, { recursive: true, force: true })
    }
  })

  it('passes on the values that its rooms export, and none is missing whichever room comes first', () => {
    const lib = join(packageRoot, 'dist', 'lib')
    const rooms = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const loaded = { ...require.cache }
    for (const { name } of rooms) {
      for (const path of Object.keys(require.cache)) if (path.startsWith(lib)) delete require.cache[path]
      const exported = Object.getOwnPropertyDescriptors(require(join(lib, name)))
      const missing = Object.keys(exported).filter((member) => exported[member]?.value === undefined)
      should({ name, missing }).eql({ name, missing: [] })
    }
    Object.assign(require.cache, loaded)
  })
})
