import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import should from 'should'
import { filesUnder, isDead, linksIn, pathsIn, read, root } from './links'

const inDocs = filesUnder('docs', '.md')
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...inDocs,
  ...filesUnder('lib', '.md'),
  ...filesUnder('test', '.md'),
  ...filesUnder('.github', '.md'),
]
const forms = filesUnder('.github', '.yml')
const helpPages = filesUnder('nodes', '.html').filter((page) => page.startsWith('nodes/locales/'))
const examples = filesUnder('examples', '.json')

interface FlowNode {
  type: string
  name?: string
  info?: string
}
const nodesOf = (example: string) => JSON.parse(read(example)) as FlowNode[]
const explanationsOf = (example: string) => nodesOf(example).flatMap(({ info }) => info ?? [])

/** Each dead link with the page on which it stands. */
const deadOn = (pages: readonly string[], textsOf: (page: string) => readonly string[]) =>
  pages.flatMap((page) =>
    textsOf(page).flatMap((text) =>
      linksIn(text)
        .filter((link) => isDead(link, page))
        .map((link) => `${page}: ${link}`),
    ),
  )

describe('The documents', () => {
  for (const page of documents)
    it(`lead from ${page} to files and headings that are there`, () => {
      should(deadOn([page], () => [read(page)])).be.empty()
      const isThere = (path: string) => [root, join(root, dirname(page))].some((from) => existsSync(join(from, path)))
      should(pathsIn(read(page)).filter((path) => !isThere(path))).be.empty()
    })

  it('are each linked from the README itself, with all of their pictures on some page', () => {
    const linked = pagesLinkedFrom('README.md')
    should(inDocs.filter((page) => !linked.includes(page))).be.empty()
    const shown = ['README.md', ...inDocs].flatMap((page) => linksIn(read(page)).map((link) => asPath(page, link)))
    const pictures = ['.png', '.svg', '.gif'].flatMap((ending) => filesUnder('docs', ending))
    should(pictures.length).be.above(2)
    should(pictures.filter((picture) => !shown.includes(picture))).be.empty()
  })
})

describe('The links', () => {
  it('of the forms for issues and of the workflows lead to something', () => {
    should(forms.length).be.above(3)
    should(deadOn(forms, (page) => [read(page)])).be.empty()
  })

  it('of every help page, in every language, lead to something', () => {
    should(helpPages.length).be.above(90)
    should(deadOn(helpPages, (page) => [read(page)])).be.empty()
    should(helpPages.filter((page) => linksIn(read(page)).length === 0)).be.empty()
  })

  it('of what the examples explain lead to something', () => {
    should(examples.flatMap(explanationsOf).length).be.above(40)
    should(deadOn(examples, explanationsOf)).be.empty()
  })

  it('are told dead where there is no such file, heading, page of the project, or no TLS', () => {
    const text =
      'See [a](nothing.md), [b](README.md#install-into-your-node-red) <a href="README.md#no">c</a> http://a.example/b.'
    should(linksIn(text).filter((link) => isDead(link, 'CONTRIBUTING.md'))).deepEqual([
      'nothing.md',
      'README.md#no',
      'http://a.example/b',
    ])
    const project = 'https://github.com/edgecourier/node-red-enos-thingplus'
    const own = ['#readme', '#no', '/blob/main/LICENSE', '/blob/main/NOTHING', '/issues', '/wiki'].map(
      (to) => project + to,
    )
    should(own.filter((link) => isDead(link, ''))).deepEqual(
      ['#no', '/blob/main/NOTHING', '/wiki'].map((to) => project + to),
    )
  })
})

describe('What the examples explain', () => {
  for (const example of examples)
    it(`in ${example.slice('examples/'.length, -'.json'.length)} names nodes and examples that are there`, () => {
      const nodes = nodesOf(example)
      const known = new Set([...nodes.flatMap(({ name }) => name ?? []), ...paletteTypes])
      for (const text of explanationsOf(example)) {
        const named = [...text.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
        should(named.filter((name) => !known.has(name))).be.empty()
        const others = [...text.matchAll(/\*(\d [^*]+)\*, \*([^*]+)\*/g)]
        const missing = others.filter(
          ([, folder, title]) =>
            !examples.some((path) =>
              new RegExp(`^examples/${escaped(folder)}/\\d ${escaped(title)}\\.json$`).test(path),
            ),
        )
        should(missing.map(([whole]) => whole)).be.empty()
      }
    })
})

/** What an explanation may name besides the nodes of its flow. */
const paletteTypes = ['file in']
const escaped = (text = '') => text.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')
/** Which file of the project a link leads to. */
const asPath = (page: string, link: string) => join(dirname(page), link.replace(/#.*/, '')).replaceAll('\\', '/')
const pagesLinkedFrom = (page: string) =>
  documents.filter((to) => linksIn(read(page)).some((link) => asPath(page, link) === to))
