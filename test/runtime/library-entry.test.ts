import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import should from 'should'
import { packPackage } from './packed-package'

describe('The library entry of the packed package', function () {
  this.timeout(120_000)
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
})
