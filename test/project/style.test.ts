import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { sourcesUnder } from './imports'

const root = join(__dirname, '..', '..')
const sources = sourcesUnder('lib', 'nodes', 'editor').map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}))

const having = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)

describe('The sources', () => {
  it("keep what is a class's own behind #, but for constructors", () => {
    should(having(/^\s+(private|protected)\s+(?!constructor)/m)).eql([])
  })

  it('write constants as they write variables', () => {
    should(having(/^(export )?const [A-Z][A-Z0-9_]+\b/m)).eql([])
  })

  it('hold no code that is commented out', () => {
    should(having(/^\s*\/\/.*(;|=>|\) \{)\s*$/m)).eql([])
  })
})
