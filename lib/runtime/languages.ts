import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeAPI } from 'node-red'
import { Text, type TextValue, type Translate } from '../core'
import { runtimeState } from './runtime-state'

/** Namespace of the texts that all nodes share: the editor plugin's catalogue. */
const sharedCatalogue = '@edgecourier/node-red-enos-thingplus/edgecourier'
/** Beside the node files, in the sources as in the built package. */
const locales = join(__dirname, '..', '..', 'nodes', 'locales')
const english = 'en-US'

/** A label of the shared catalogue in the runtime's language. */
export function label(RED: NodeAPI, key: string): string {
  return RED._(`${sharedCatalogue}:${key}`)
}

/**
 * How texts read in the first of these languages that is known; if none is, in the runtime's, which Node-RED takes
 * from its settings or the environment.
 * @param wanted as a browser asks for them, best first: `de-AT`, `de`, `*`
 */
export function translation(RED: NodeAPI, wanted: readonly string[] = []): Translate {
  const known = runtimeState(RED, 'languages', () => ['en', ...languagesIn(locales)])
  const language = chosenLanguage([...wanted, label(RED, 'language')], known) ?? 'en'
  const texts = runtimeState(RED, `texts ${language}`, () => catalogueOf(language))
  return (template) => texts.get(template)
}

/** What the shared labels and the texts are in one language. */
export interface Speech {
  /** `en`, `de`, `zh-CN` … */
  language: string
  label: (key: string) => string
  translate: Translate
}

/** Every language that there is. */
export function speeches(RED: NodeAPI): readonly Speech[] {
  return runtimeState(RED, 'speeches', () =>
    ['en', ...languagesIn(locales)].map((language): Speech => {
      const folder = language === 'en' ? english : language
      const shared = readJson<Record<string, Record<string, string>>>(join(locales, folder, 'edgecourier.json')) ?? {}
      const texts = catalogueOf(language)
      return {
        language,
        label: (key) => {
          const [group = '', name = ''] = key.split('.')
          return shared[group]?.[name] ?? label(RED, key)
        },
        translate: (template) => texts.get(template),
      }
    }),
  )
}

/** The first wanted language that is known, as it is (`zh-CN`) or by its base (`de` for `de-AT`). */
export function chosenLanguage(wanted: readonly string[], known: readonly string[]): string | undefined {
  const find = (name: string | undefined) => known.find((language) => language.toLowerCase() === name)
  for (const language of wanted) {
    const name = language.toLowerCase()
    const found = find(name) ?? find(name.split('-', 1)[0])
    if (found) return found
  }
  return undefined
}

/** Data as JSON, its texts in the reader's language. */
export function jsonIn(translate: Translate, data: object): string {
  return JSON.stringify(data, function (this: Record<string, unknown>, key: string, value: unknown) {
    const original = this[key]
    return original instanceof Text ? original.in(translate) : value
  })
}

/** The same data as a message carries it, its texts in the reader's language. */
export function dataIn(translate: Translate, data: object): unknown {
  return JSON.parse(jsonIn(translate, data))
}

function languagesIn(folder: string): string[] {
  return readdirSync(folder).filter((language) => existsSync(textsFile(folder, language)))
}

/** Templates and their translations; among them what the dialogs call their fields, by the English label. */
function catalogueOf(language: string): ReadonlyMap<string, string> {
  const texts = readJson<Record<string, string>>(textsFile(locales, language))
  return new Map(texts && [...labelsIn(language), ...Object.entries(texts)])
}

function labelsIn(language: string): (readonly [english: string, translated: string])[] {
  return readdirSync(join(locales, english)).flatMap((file) => {
    const translated = readLabels(language, file)
    return Object.entries(readLabels(english, file)).flatMap(([key, words]) => {
      const inLanguage = translated[key]
      return inLanguage === undefined ? [] : [[words, inLanguage] as const]
    })
  })
}

/** As `fieldLabel`, of one type of node; each is looked up once: for every message that needs one, a file would be read. */
export function labelsOf(RED: NodeAPI, type: string): (field: string) => TextValue {
  const known = runtimeState(RED, `labels ${type}`, () => new Map<string, TextValue>())
  return (field) => {
    const label = known.get(field) ?? fieldLabel(type, field)
    known.set(field, label)
    return label
  }
}

/**
 * What a dialog calls a field, told in the reader's language; the field's own name where it has no label.
 * @param type of the node, such as `enos-device`
 */
export function fieldLabel(type: string, field: string): TextValue {
  const words = readLabels(english, `${type}.json`)[field] ?? readLabels(english, 'edgecourier.json')[field]
  return words === undefined ? field : new Text([words], [])
}

function readLabels(language: string, file: string): Readonly<Record<string, string>> {
  if (!file.endsWith('.json')) return {}
  return readJson<{ label?: Record<string, string> }>(join(locales, language, file))?.label ?? {}
}

function readJson<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

function textsFile(folder: string, language: string): string {
  return join(folder, language, 'texts.json')
}
