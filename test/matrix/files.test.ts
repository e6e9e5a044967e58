import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { packageRoot } from '../runtime/packed-package'
import { testFiles } from './files'

describe('The matrix', () => {
  it('knows every file that drives a browser, and the Node-RED beside it, be it through another file', () => {
    const suites = testFiles().filter(({ path }) =>
      /^ {2}needsBrowser\(this\)/m.test(readFileSync(join(packageRoot, path), 'utf8')),
    )
    should(suites.length).be.above(5)
    for (const { path, startsNodeRed, drivesBrowser } of suites) {
      should(drivesBrowser).be.true(path)
      should(startsNodeRed).equal(path.startsWith('test/editor/'), path)
    }
  })
})
