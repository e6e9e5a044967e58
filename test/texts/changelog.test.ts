import should from 'should'
import { read } from './links'

const lines = read('CHANGELOG.md').split('\n')
const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']

describe('The changelog', () => {
  it('begins with what is unreleased; each version has a date, and each kind once, in the usual order', () => {
    const versions = lines.filter((line) => line.startsWith('## '))
    should(versions[0]).equal('## [Unreleased]')
    for (const version of versions.slice(1)) should(version).match(/^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/)
    const sections = lines.join('\n').split(/^## /m).slice(1)
    for (const section of sections) {
      const found = [...section.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind)
      should(found).deepEqual(kinds.filter((kind) => found.includes(kind)))
    }
  })

  it('says nothing twice, as a merge of two additions may leave it', () => {
    const changes = lines.filter((line) => /^ *- |^ {2}\S/.test(line))
    should(changes.length).be.above(50)
    should(changes.filter((line, at) => changes.indexOf(line) !== at)).be.empty()
  })
})
