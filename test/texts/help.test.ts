import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'

const root = join(__dirname, '..', '..')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const types = Object.keys(JSON.parse(read('package.json'))['node-red'].nodes)
const helpOf = (type: string) => read('nodes', 'locales', 'en-US', `${type}.html`)
const isConfiguration = (type: string) => /category: 'config'/.test(read('nodes', `${type}.html`))

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)
const codes = all(read('lib', 'core', 'errors.ts'), /^ {2}\| '([A-Z_]+)'$/gm)
/** The codes of a help page's errors, each with its cure. */
const curesIn = (help: string): [code: string, cure: string][] => {
  const [, errors = ''] = help.split('<h3>Errors</h3>')
  return [...errors.matchAll(/<dt>([A-Z_, ]+)<\/dt>\s*<dd>(.*?)<\/dd>/gs)].flatMap(([, names = '', cure = '']) =>
    names.split(', ').map((name): [string, string] => [name, cure]),
  )
}
const rows = read('docs', 'troubleshooting.md')
  .split('\n')
  .filter((line) => /^\| `[A-Z_]+`/.test(line))
const listedCodes = rows.flatMap((row) => all(row.split('|')[1] ?? '', /`([A-Z_]+)`/g))

describe('The help', () => {
  for (const type of types) {
    it(`of ${type} begins with one sentence, the palette's tooltip, and has the sections of the style guide`, () => {
      const help = helpOf(type)
      const [, first = ''] = /^<script[^>]*>\s*<p>(.*?)<\/p>/s.exec(help) ?? []
      should(first).match(/^[A-Z][^<]{20,120}\.$/s)
      should(first).not.match(/\. [A-Z]/)
      const ofMessages = isConfiguration(type) ? [] : ['Inputs', 'Outputs']
      should(all(help, /<h3>(.*?)<\/h3>/g)).deepEqual([...ofMessages, 'Details', 'Errors', 'References'])
    })

    it(`of ${type} tells a cure for each error that it names, once, and names only errors that there are`, () => {
      const cures = curesIn(helpOf(type))
      const named = cures.map(([code]) => code)
      should(named.length).be.above(3)
      should(named.filter((code) => !codes.includes(code))).be.empty()
      should(new Set(named).size).equal(named.length)
      for (const [, cure] of cures) should(cure).match(/^[A-Z<].{10,}[.?]$/s)
    })
  }

  it('names every error on some page', () => {
    const named = new Set(types.flatMap((type) => curesIn(helpOf(type)).map(([code]) => code)))
    should(codes.filter((code) => !named.has(code))).be.empty()
  })
})

describe('The table of errors', () => {
  it('has each error once, and no other', () => {
    should(codes.length).be.above(30)
    should([...listedCodes].sort()).deepEqual([...codes].sort())
  })
})
