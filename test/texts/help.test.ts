import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { type Declaration, declarationOf } from '../declared'
import { builtHelp } from '../editor/pages'
import { codesReachedFrom } from './raised'

const root = join(__dirname, '..', '..')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const types: string[] = Object.keys(JSON.parse(read('package.json'))['node-red'].nodes)
const languages = readdirSync(join(root, 'nodes', 'locales'))
const declaration = (type: string) => declarationOf(type) as Declaration
const isConfiguration = (type: string) => ['enos-app', 'enos-device', 'thingplus-client', 'cloud-outbox'].includes(type)

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
  let pages: ReadonlyMap<string, string>
  before(async () => {
    pages = await builtHelp()
  })
  const helpOf = (type: string, language = 'en-US') => pages.get(`locales/${language}/${type}.html`) ?? ''

  for (const type of types) {
    it(`of ${type} begins with one sentence, the palette's tooltip, and has the sections of the style guide`, () => {
      const help = helpOf(type)
      const [, first = ''] = /^<script[^>]*>\s*<p>(.*?)<\/p>/s.exec(help) ?? []
      should(first).match(/^[A-Z][^<]{20,120}\.$/s)
      should(first).not.match(/\. [A-Z]/)
      const ofMessages = isConfiguration(type) ? [] : ['Inputs', 'Outputs']
      should(all(help, /<h3>(.*?)<\/h3>/g)).deepEqual([...ofMessages, 'Details', 'Errors', 'References'])
    })

    it(`of ${type} tells a cure for each error that the node can raise, once, and for no other`, () => {
      const cures = curesIn(helpOf(type))
      const named = cures.map(([code]) => code)
      should(named.length).be.above(3)
      should([...named].sort()).deepEqual([...declaration(type).codes].sort())
      should(named.filter((code) => !codes.includes(code))).be.empty()
      for (const [, cure] of cures) should(cure).match(/^[A-Z<].{10,}[.?]$/s)
    })

    it(`of ${type} has the same errors in every language`, () => {
      const named = (language: string) =>
        all(helpOf(type, language), /<dt>([A-Z_, ]+)<\/dt>/g)
          .join(', ')
          .split(', ')
      for (const language of languages)
        should(named(language).filter((code) => codes.includes(code))).deepEqual(
          named('en-US').filter((code) => codes.includes(code)),
          language,
        )
    })

    it(`of ${type} names no error that no code behind the node raises`, () => {
      const fields = Object.values(declaration(type).settings.fields)
      const chosen = fields.flatMap((field) => (field.kind === 'configuration' ? [field.type] : []))
      const behind = [type, ...chosen.filter((other) => types.includes(other))]
      const raised = new Set(behind.flatMap((name) => [...codesReachedFrom(`nodes/${name}.ts`, codes)]))
      should(declaration(type).codes.filter((code) => !raised.has(code))).be.empty()
    })

    it(`of ${type} names each message property that beats a setting`, () => {
      const fields = Object.values(declaration(type).settings.fields)
      const overrides = fields.flatMap((field) => (field.kind === 'typed' && field.override ? [field.override] : []))
      const named = all(helpOf(type), /<dt[^>]*>(.*?)</g).flatMap((names) => names.trim().split(', '))
      should(overrides.filter((name) => !named.includes(name))).be.empty()
    })
  }

  it('has for every error a meaning in use, in the catalogue of each language', () => {
    const catalogue = JSON.parse(read('nodes', 'locales', 'en-US', 'errors.json')) as Record<string, object>
    const { title: _title, intro: _intro, ...sections } = catalogue
    const unused = Object.entries(sections).flatMap(([section, cures]) => {
      const users = types.filter((type) => section === 'all' || type === section || type.startsWith(`${section}-`))
      const raised = new Set(users.flatMap((type) => declaration(type).codes))
      return Object.keys(cures)
        .filter((code) => !raised.has(code))
        .map((code) => `${section} ${code}`)
    })
    should(unused).be.empty()
  })

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
