import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { type CitedDocument, deadCitations, sectionsOf } from './citations'

const root = join(__dirname, '..', '..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
const filesIn = (folder: string, names: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((path) => names.test(path))

const documents: CitedDocument[] = filesIn('docs/protocol', /\.md$/).map((path) => ({
  path,
  sections: sectionsOf(textOf(path)),
}))
/** But for this test itself, which has dead ones as samples. */
const citing = ['lib', 'nodes', 'scripts', 'test']
  .flatMap((folder) => filesIn(folder, /\.(ts|mjs|cjs|js|html|md)$/))
  .filter((path) => !path.startsWith('test/texts/citations.'))
  .concat('CONTRIBUTING.md')

describe('Citations of the protocol documents', () => {
  it('lead to sections that are there', () => {
    const dead = citing.flatMap((path) => deadCitations(textOf(path), documents).map((what) => `${path}: ${what}`))
    should(dead).be.empty()
  })

  it('are there, in the code of each cloud and in that of the simulator', () => {
    const places = ['lib/enos/', 'lib/thingplus/', 'lib/simulator/enos/', 'lib/simulator/thingplus/', 'lib/signing/']
    const cited = citing.filter((path) => /docs\/protocol\/\w+\.md §\d/.test(textOf(path)))
    should(places.filter((place) => !cited.some((path) => path.startsWith(place)))).be.empty()
  })

  for (const { path, sections } of documents)
    it(`find each number once and in order in ${path}`, () => {
      const inOrder = [...new Set(sections)].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
      should(sections).eql(inOrder)
      should(sections.length).be.above(10)
    })

  it('lead to sections that are there from the documents themselves, which also link to their own', () => {
    const ownSection = /\[§[\d.]+\]\(#[^)]+\)/g
    const dead = documents.flatMap(({ path }) => deadCitations(textOf(path).replace(ownSection, ''), documents))
    should(dead).be.empty()
  })

  for (const { path } of documents)
    it(`call a section by the number of the heading that they lead to, in ${path}`, () => {
      const links = [...textOf(path).matchAll(/\[§([\d.]+)\]\(#(\d+)-[^)]+\)/g)]
      should(links.length).be.above(10)
      should(links.filter(([, number = '', anchor]) => number.replaceAll('.', '') !== anchor)).be.empty()
    })

  describe('are found dead', () => {
    const known = [{ path: 'docs/protocol/enos.md', sections: ['1', '1.2', '3'] }]
    const samples: [title: string, text: string, dead: string[]][] = [
      ['not where document and sections are there', '/** Source: docs/protocol/enos.md §1.2, §3. */', []],
      ['not where a whole document is named', 'Written from docs/protocol/enos.md.', []],
      ['where the section is not there', 'docs/protocol/enos.md §1.2, §4', ['docs/protocol/enos.md §4']],
      ['where the document is not there', 'docs/protocol/mqtt.md §1', ['docs/protocol/mqtt.md §1']],
      [
        'where a comment goes on in the next line',
        '/**\n * See docs/protocol/enos.md §1.2,\n * §1.3.\n */',
        ['docs/protocol/enos.md §1.3'],
      ],
      ['where no document is named', '// see §3', ['§3 of no document']],
      ['where the document has no path', '// enos.md section 3', ['enos.md']],
      ['where something is named that nobody has', '// the fact sheet, 3.2', ['fact sheet']],
    ]
    for (const [title, text, dead] of samples)
      it(title, () => {
        should(deadCitations(text, known)).eql(dead)
      })
  })
})
