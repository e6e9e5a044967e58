import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { catalogueOf, catalogueOfTemplates } from './catalogues'
import { glossary, strayWords } from './glossary'
import { templatesIn } from './templates'

const root = join(__dirname, '..', '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`)

const sources = ['lib', 'nodes'].flatMap(filesIn).filter((file) => file.endsWith('.ts'))
const templates = [...catalogueOfTemplates(sources.flatMap((file) => templatesIn(read(file)))).keys()]

/** What is written for integrators; the protocol documents have the words of the clouds. */
const documents = [
  'README.md',
  'CHANGELOG.md',
  ...filesIn('docs').filter((file) => file.endsWith('.md') && !file.startsWith('docs/protocol/')),
]

/** What a flow shows: its tabs, nodes, notes. */
const flowTexts = (file: string) =>
  (JSON.parse(read(file)) as Record<string, unknown>[]).flatMap(({ name, label, info }) =>
    [name, label, info].filter((text): text is string => typeof text === 'string'),
  )
const flows = [...filesIn('examples'), 'demo/flows.json'].filter((file) => file.endsWith('.json'))

describe('The words of the package', () => {
  for (const [language, terms] of Object.entries(glossary)) {
    const folder = `nodes/locales/${language}`
    for (const file of filesIn(folder)) {
      it(`are one for each thing in ${language}/${file.slice(folder.length + 1)}`, () => {
        const texts = file.endsWith('.json') ? [...catalogueOf(read(file)).values()] : [read(file)]
        should(texts.flatMap((text) => strayWords(text, terms))).eql([])
      })
    }
  }

  const english = glossary['en-US'] ?? []
  it('are one for each thing in errors and findings', () => {
    should(templates.flatMap((text) => strayWords(text, english))).eql([])
  })
  for (const file of documents) {
    it(`are one for each thing in ${file}`, () => {
      should(strayWords(read(file), english)).eql([])
    })
  }
  it('are one for each thing in examples and the demo', () => {
    should(flows.flatMap(flowTexts).flatMap((text) => strayWords(text, english))).eql([])
  })

  it('of labels say what they ask', () => {
    const labels = filesIn('nodes/locales/en-US')
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => [...catalogueOf(read(file))].filter(([key]) => key.startsWith('label.')))
    should(labels.filter(([, words]) => /^(?:give|way|of|for|sign|limit|kind|mode|how|what)$/i.test(words))).eql([])
  })

  it('are found where they are others, but not in code', () => {
    should(strayWords('Sent through the device to Thing Plus.', english)).have.length(2)
    should(strayWords('Sent through the device session, `thingplus`, <code>measurepoints</code>', english)).eql([])
  })
})

/** What texts count. */
const nouns =
  'attributes|bytes|characters|days|devices|entries|files|hours|items|levels|messages|minutes|models|numbers|parameters|points|products|records|requests|rows|seconds|sensors|values'
const plural = new RegExp(`\\{\\d+\\} (${nouns})\\b`)
/** Limits, and what is counted only where there are several. */
const neverOne =
  /(?:more|larger|deeper) than \{\d+\}|at most \{\d+\}|\{\d+\} of \{\d+\}|(?:has|is) \{\d+\} (?:characters|bytes)|another \{\d+\} days|^\{0\} items are named/

describe('A count', () => {
  it('has a text of its own for one', () => {
    const hasOne = (text: string) => {
      const [whole = '', noun = ''] = plural.exec(text) ?? []
      const singular = noun.replace(/ies$/, 'y').replace(/s$/, '')
      return ['1', 'one', 'One'].some((one) =>
        templates.some((other) => hasSame(other, text, whole, `${one} ${singular}`)),
      )
    }
    should(templates.filter((text) => plural.test(text) && !neverOne.test(text) && !hasOne(text))).eql([])
  })

  /** Both begin alike, up to the count. */
  const hasSame = (other: string, text: string, plural: string, singular: string) =>
    other.startsWith(text.slice(0, text.indexOf(plural)) + singular)

  it('is not followed by a plural in the editor, whose texts know but one form', () => {
    const folder = 'nodes/locales/en-US'
    const texts = filesIn(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => [...catalogueOf(read(file)).values()])
    should(texts.filter((text) => /__(?:total|count)__ (?!bytes\b)[a-z]+s\b/.test(text))).eql([])
  })
})
