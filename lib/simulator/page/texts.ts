import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readJson } from '../json'

/** Beside the node files, in the sources as in the built package. */
const locales = join(__dirname, '..', '..', '..', 'nodes', 'locales')
const english = 'en-US'
const file = 'simulator-page.json'

type Groups = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The words of the page in one language. */
export class PageTexts {
  readonly language: string
  readonly #catalogues: readonly Groups[]
  readonly #numbers: Intl.NumberFormat
  readonly #times: Intl.DateTimeFormat

  constructor(language: string) {
    this.language = language
    this.#catalogues = [language, english].map((name) => read(name, file))
    this.#numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 6 })
    this.#times = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' })
  }

  /**
   * @param key as `faults.heading`
   * @param values what stands in the text as `__name__`
   */
  text(key: string, values: Readonly<Record<string, string>> = {}): string {
    const [group = '', name = ''] = key.split('.')
    const [words] = this.#catalogues.flatMap((groups) => groups[group]?.[name] ?? [])
    if (words === undefined) throw new Error(`The simulator's page has no text ${key}`)
    return words.replace(/__(\w+)__/g, (whole, value) => values[value] ?? whole)
  }

  /** What the dialog of a configuration calls a setting. */
  label(type: string, setting: string): string {
    const groups = [`${type}.json`, 'edgecourier.json'].flatMap((name) => [
      read(this.language, name),
      read(english, name),
    ])
    return groups.flatMap(({ label }) => label?.[setting] ?? [])[0] ?? setting
  }

  number(number: number): string {
    return this.#numbers.format(number)
  }

  /** In the time zone of this PC. */
  time(timeMs: number): string {
    // A point may carry any whole number; a date ends here.
    return Math.abs(timeMs) <= 8.64e15 ? this.#times.format(timeMs) : String(timeMs)
  }
}

/** Texts in the languages that browsers ask for, each read once. */
export class PageLanguages {
  readonly #known = readdirSync(locales).filter((language) => existsSync(join(locales, language, file)))
  readonly #texts = new Map<string, PageTexts>()

  /** @param wanted the header `Accept-Language` */
  textsFor(wanted: string | undefined): PageTexts {
    const language = chosen(wanted ?? '', this.#known)
    const texts = this.#texts.get(language) ?? new PageTexts(language)
    this.#texts.set(language, texts)
    return texts
  }
}

/** The first language that is known by its whole name or by its first part: `zh` and `zh-TW` find `zh-CN`, `de-AT` finds `de`. */
function chosen(header: string, known: readonly string[]): string {
  const firstPart = (language: string) => language.toLowerCase().split('-', 1)[0]
  const wanted = header
    .slice(0, 300)
    .split(',')
    .map((item) => item.split(';', 1)[0]?.trim() ?? '')
  for (const language of wanted) {
    const found =
      known.find((name) => name.toLowerCase() === language.toLowerCase()) ??
      known.find((name) => firstPart(name) === firstPart(language))
    if (found) return found
  }
  return english
}

function read(language: string, name: string): Groups {
  const path = join(locales, language, name)
  return existsSync(path) ? (readJson(readFileSync(path)) as Groups) : {}
}
