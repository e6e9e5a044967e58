// Completes the help of the nodes: what is particular to a node is written by hand in nodes/locales/LANG/NAME.html, and where
// it says `<!-- errors -->` stands the table of the errors that the node can raise (nodes/settings/), by the catalogue
// errors.json of the language.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @param declared by type of node, its settings and codes
 * @returns each help by its path below nodes/, `locales/de/enos-app.html`
 */
export function helpPages(root, declared) {
  const locales = join(root, 'nodes', 'locales')
  const order = [...readFileSync(join(root, 'lib/core/errors.ts'), 'utf8').matchAll(/^ {2}\| '([A-Z_]+)'$/gm)]
  const codesInOrder = order.map(([, code]) => code)
  const made = new Map()
  for (const language of readdirSync(locales)) {
    const catalogue = JSON.parse(readFileSync(join(locales, language, 'errors.json'), 'utf8'))
    for (const [type, node] of Object.entries(declared)) {
      const file = join(locales, language, `${type}.html`)
      if (!existsSync(file)) continue
      const codes = codesInOrder.filter((code) => node.codes.includes(code))
      const errors = errorsOf(type, node.settings.fields, codes, catalogue)
      const help = readFileSync(file, 'utf8').replace('<!-- errors -->', () => errors)
      made.set(`locales/${language}/${type}.html`, help.replaceAll('<code>', '<code class="edgecourier-code">'))
    }
  }
  return made
}

function errorsOf(type, fields, codes, catalogue) {
  const rows = []
  for (const code of codes) {
    const cure = cureOf(type, code, catalogue)
    const last = rows.at(-1)
    if (last?.cure === cure) last.codes.push(code)
    else rows.push({ codes: [code], cure })
  }
  return [
    `<h3>${catalogue.title}</h3>`,
    ...introOf(type, fields).map((key) => `<p>${catalogue.intro[key]}</p>`),
    '<dl class="message-properties">',
    ...rows.map((row) => `  <dt>${row.codes.join(', ')}</dt>\n  <dd>${row.cure}</dd>`),
    '</dl>',
  ].join('\n')
}

/** Of the node itself, or else of the nodes whose names begin alike, or else of all. */
function cureOf(type, code, catalogue) {
  const words = type.split('-')
  const sections = words.map((_word, index) => words.slice(0, words.length - index).join('-'))
  for (const section of [...sections, 'all']) {
    const cure = catalogue[section]?.[code]
    if (cure !== undefined) return cure
  }
  throw new Error(`No errors.json says what ${code} of ${type} means`)
}

/** Who hears of an error. */
function introOf(type, fields) {
  if (type === 'cloud-outbox') return ['outbox']
  if (type.startsWith('cloud-')) return ['local']
  if (Object.values(fields).some(({ kind }) => kind === 'secret')) return ['configuration']
  return fields.outbox ? ['message', 'withOutbox'] : ['message']
}
