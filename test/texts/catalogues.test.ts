import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { builtTemplates } from '../editor/pages'
import {
  type Catalogue,
  catalogueOf,
  catalogueOfTemplates,
  faultsOf,
  type KeyEnds,
  keysUsedIn,
  strayKeys,
} from './catalogues'
import { templatesIn } from './templates'

const root = join(__dirname, '..', '..')
const locales = join(root, 'nodes', 'locales')

/** What every language has to have; its other files are optional, but complete where they are there. */
const required = ['texts.json', 'edgecourier.json', 'errors.json']
/** What reads the same in another language: names, abbreviations, words that the language borrowed. */
const equalTexts: Readonly<Record<string, readonly string[]>> = {
  de: [
    '1 Parameter',
    'April 2017',
    'Body',
    'Client',
    'Cloud',
    'Filter',
    'Gateway',
    'Gateways',
    'Import',
    'JSON',
    'MB',
    'Name',
    'Outbox',
    'Port',
    'Proxy',
    'Scopes',
    'Secret',
    'Simulator',
    'Status',
    'Thing+',
    'TLS',
    'URL',
    'h',
    'ms',
    'offline',
    's',
  ],
  ja: ['TLS', 'API URL', 'JSON', 'MB', 'Thing+', 'URL'],
  ko: ['TLS', 'URL', 'JSON', 'MB', 'Thing+'],
  'zh-CN': ['API URL', 'Broker URL', 'JSON', 'MB', 'TLS', 'Thing+', 'URL'],
}
const mostStatusCharacters = 20
/** Beside it stand the count and the age, or two counts: `offline 12.3k · 3 h`, `delivered 1234 · 4 dead`. */
const mostLaneCharacters = 12

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const sources = ['lib', 'nodes']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, String(file))))
  .filter((file) => file.endsWith('.ts') && !file.startsWith(join('lib', 'simulator')))
const templates = catalogueOfTemplates(sources.flatMap((file) => templatesIn(read(file))))
const types = readdirSync(join(root, 'nodes', 'settings')).map((file) => file.replace('.ts', ''))
const configurationTypes = ['enos-app', 'enos-device', 'thingplus-client', 'cloud-outbox']
const languages = readdirSync(locales).filter((language) => language !== 'en-US')
const englishFiles = readdirSync(join(locales, 'en-US')).filter((file) => file.endsWith('.json'))
/** What the dialogs call their fields, by the English label: that is translated wherever it is said. */
const labelsIn = (language: string): Catalogue =>
  new Map(
    englishFiles.flatMap((file) => {
      const translated = catalogueOf(read('nodes', 'locales', language, file))
      return [...catalogueOf(read('nodes', 'locales', 'en-US', file))].flatMap(([key, words]) =>
        key.startsWith('label.') && templates.has(words) ? [[words, translated.get(key) ?? ''] as const] : [],
      )
    }),
  )
const english = (file: string): Catalogue =>
  file === 'texts.json' ? templates : catalogueOf(read('nodes', 'locales', 'en-US', file))
const editorFiles = readdirSync(join(root, 'editor'), { recursive: true, encoding: 'utf8' })
const editorSources = editorFiles
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && file !== 'render.ts')
/** What a page names: its template as it is built, and its source, with what only it imports. */
const usedIn = (template: string, sources: readonly string[]) =>
  keysUsedIn([template, ...sources.map((file) => read('editor', file))].join('\n'))
const ownSources = (type: string) => [
  `nodes/${type}.ts`,
  ...(type === 'cloud-outbox-control' ? ['nodes/left-behind.ts'] : []),
]
const sharedSources = editorSources.filter((file) => !file.startsWith('nodes/'))

describe('The texts of the package', () => {
  it('are found in the sources', () => {
    should(templates.size).be.above(200)
    should([...templates.keys()]).containEql('{0} is not an object of HTTP headers.')
  })

  for (const language of languages) {
    for (const file of ['texts.json', ...englishFiles]) {
      const path = join(locales, language, file)
      if (!existsSync(path) && !required.includes(file)) continue
      it(`are there in ${language}, none missing, unused or untranslated: ${file}`, () => {
        const texts = catalogueOf(readFileSync(path, 'utf8'))
        const translated = file === 'texts.json' ? new Map([...labelsIn(language), ...texts]) : texts
        should(faultsOf(english(file), translated, new Set(equalTexts[language]))).be.empty()
      })
    }
  }

  for (const language of ['en-US', ...languages]) {
    it(`fit on a badge in ${language}`, () => {
      const shared = catalogueOf(read('nodes', 'locales', language, 'edgecourier.json'))
      const said = templatesIn(read('lib', 'runtime', 'status.ts')).map((template) => {
        const texts = language === 'en-US' ? templates : catalogueOf(read('nodes', 'locales', language, 'texts.json'))
        return (texts.get(template) ?? template).replace('{0}', '100000')
      })
      const statuses = [...shared].filter(([key]) => key.startsWith('status.')).map(([, text]) => text)
      const lanes = [...shared].filter(([key]) => key.startsWith('lane.')).map(([, text]) => text)
      should([...statuses, ...said].filter((text) => text.length > mostStatusCharacters)).be.empty()
      should(lanes.filter((text) => text.length > mostLaneCharacters)).be.empty()
    })
  }
})

describe('The keys of the catalogues', () => {
  const runtime = ['status', 'lane-badge', 'languages'].map((name) => read('lib', 'runtime', `${name}.ts`)).join('\n')

  const sharedUse = usedIn('', sharedSources)
  let templates: ReadonlyMap<string, string>
  before(async () => {
    templates = await builtTemplates()
  })
  const useOf = (type: string) => usedIn(templates.get(type) ?? '', ownSources(type))

  for (const type of types) {
    it(`of ${type} are all there and all used`, () => {
      const { own, composed } = useOf(type)
      // `look` names every flow node and its ports.
      const isFlowNode = !configurationTypes.includes(type)
      // The palette calls a category by the catalogue of the first node in it.
      const category = isFlowNode && type.startsWith('thingplus-') ? ['palette.label.Thing_Plus'] : []
      const ports =
        type === 'cloud-outbox-control' ? sharedUse.own : sharedUse.own.filter((key) => key !== 'node.deadLetter')
      should(
        strayKeys(english(`${type}.json`), [...new Set([...own, ...category, ...(isFlowNode ? ports : [])])], composed),
      ).be.empty()
    })
  }

  it('that all pages share are all there and all used', () => {
    const uses = [sharedUse, ...types.map(useOf)]
    const quoted = [...runtime.matchAll(/'((?:status|lane)\.[\w-]+|language)'/g)].map(([, key = '']) => key)
    const composed = uses.flatMap((use) => use.composed)
    const told = [...runtime.matchAll(/`([\w-]+\.)\$\{/g)].map(([, beginning = '']): KeyEnds => [beginning, ''])
    const keys = [...new Set([...uses.flatMap(({ shared }) => shared), ...quoted])]
    should(strayKeys(english('edgecourier.json'), keys, [...told, ...composed])).be.empty()
  })

  it('hold a status for every error code', () => {
    const codes = [...read('lib', 'core', 'errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'$/gm)].map(([, code]) => code)
    const shared = english('edgecourier.json')
    should(codes.length).be.above(30)
    should(codes.filter((code) => !shared.has(`status.${code}`))).be.empty()
  })
})

describe('The check of the catalogues', () => {
  const none = new Set<string>()

  it('finds what is missing, unused, untranslated, or has lost a value', () => {
    const original = catalogueOf('{ "a": "Send __count__", "b": { "c": "Name", "d": "Value {0}" }, "e": "None" }')
    const translated = catalogueOf('{ "a": "Senden", "b": { "c": "Name", "d": "{0}. Wert" }, "f": "Alt" }')
    should(faultsOf(original, translated, none)).eql([
      'missing: e',
      'other placeholders: a',
      'untranslated: b.c',
      'unused: f',
    ])
    should(faultsOf(original, original, new Set([...original.values()]))).be.empty()
  })

  it('finds keys that nobody uses and keys that are nowhere', () => {
    const page = `<b data-i18n="[title]label.a;label.b"></b> this._('node.label') text('test.c') text(\`lane.\${state}\`)`
    const { own, shared, composed } = keysUsedIn(page)
    should(own).eql(['label.a', 'label.b', 'node.label'])
    should(shared).eql(['test.c'])
    should(composed).eql([['lane.', '']])
    const catalogue = catalogueOf('{ "label": { "a": "A", "z": "Z" }, "lane": { "on": "on" } }')
    should(strayKeys(catalogue, ['label.a', 'label.b'], [['lane.', '']])).eql([
      'not there: label.b',
      'not used: label.z',
    ])
  })

  it('reads templates with values, nested ones too, and not those in comments and quotes', () => {
    const source = `
      // say\`in a comment\`
      /* say\`in another\` */
      const quoted = 'say\`in quotes\`' + "it's" + /say\`[/'"]\`/.source
      throw fault(say\`\${name} has \${list.map((x) => say\`\${x} of \${{ a: 1 }.a}\`)} and \\\`\${'}'}\\\`\`)
      say\`2 lines\\nof text\` + \`\${say\`inner\`} say nothing\` + essay\`other\`
    `
    should(templatesIn(source)).eql(['{0} of {1}', '{0} has {1} and `{2}`', '2 lines\nof text', 'inner'])
  })

  it('asks for no translation of a text without words', () => {
    should([...catalogueOfTemplates(['{0}: {1}', 'HTTP {0}']).keys()]).eql(['HTTP {0}'])
  })
})
