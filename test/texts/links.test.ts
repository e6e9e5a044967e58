import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import should from 'should'

const root = join(__dirname, '..', '..')
const inDocs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inDocs.map((name) => join('docs', name))]

describe('The documents', () => {
  for (const page of pages)
    it(`lead from ${page} to files that are there`, () => {
      const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(
        ([, to = '']) => to,
      )
      const missing = links.filter((to) => !/^[a-z]+:/.test(to) && !existsSync(join(root, dirname(page), to)))
      should(missing).be.empty()
    })

  it('can all be reached from the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    should(inDocs.filter((name) => !readme.includes(`](docs/${name})`))).be.empty()
  })
})
