import { type Field, latestVersion, migrationsOf, type NodeSettings, type When } from '../lib/settings'
import { type Dialog, hasNames, isConfiguration, nameField, type Row } from './dialog'

/** Keys and texts of a catalogue, in English, as it is written. */
export type Catalogue = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>

export interface Catalogues {
  own: Catalogue
  shared: Catalogue
}

const sharedNamespace = '@edgecourier/node-red-enos-thingplus/edgecourier:'

type NamedField = NodeSettings['fields'][string]

/** The HTML of a node type's dialog, as Node-RED keeps it until it opens. */
export function templateOf(dialog: Dialog, catalogues: Catalogues): string {
  const { settings } = dialog
  const words = new Words(catalogues, settings.type)
  const prefix = isConfiguration(dialog) ? 'node-config-input' : 'node-input'
  const rows = [...fieldRow(nameField, prefix, words, settings.type), ...rowsOf(dialog.rows, settings, prefix, words)]
  return [
    `<script type="text/html" data-template-name="${settings.type}">`,
    '  <div class="edgecourier">',
    ...rows.map((line) => `    ${line}`),
    '  </div>',
    '</script>',
  ].join('\n')
}

function rowsOf(rows: readonly Row[], settings: NodeSettings, prefix: string, words: Words): string[] {
  return rows.flatMap((row) => {
    if (typeof row === 'string') return fieldRow(fieldNamed(settings, row), prefix, words, settings.type)
    if ('place' in row) return [`<div class="form-row ${row.place}"></div>`]
    const inner = rowsOf(row.rows, settings, prefix, words)
    return [`<div${shownWhen(row.when)}>`, ...inner.map((line) => `  ${line}`), '</div>']
  })
}

function fieldNamed({ fields, type }: NodeSettings, name: string): NamedField {
  const field = fields[name]
  if (!field) throw new Error(`The dialog of ${type} has a row for ${name}, which is not among its settings`)
  return field
}

/** Finds keys in the node's own catalogue, or else in the one that all share. */
class Words {
  readonly #catalogues: Catalogues
  readonly #type: string

  constructor(catalogues: Catalogues, type: string) {
    this.#catalogues = catalogues
    this.#type = type
  }

  /** @param key as `placeholder.lane`; `label.` is put before one without a dot */
  key(key: string): string {
    const found = this.keyIfThere(key)
    if (found !== undefined) return found
    throw new Error(`The dialog of ${this.#type} needs the text ${key}, which no catalogue has`)
  }

  keyIfThere(key: string): string | undefined {
    const [group = '', name = ''] = key.includes('.') ? key.split('.') : ['label', key]
    const { own, shared } = this.#catalogues
    if (own[group]?.[name] !== undefined) return `${group}.${name}`
    if (shared[group]?.[name] !== undefined) return `${sharedNamespace}${group}.${name}`
    return undefined
  }
}

function fieldRow(field: NamedField, prefix: string, words: Words, type: string): string[] {
  const { kind, name } = field
  const id = `${prefix}-${name}`
  if (kind === 'table') return [`<div id="edgecourier-${name}"${shownWhen(field.when)}></div>`]
  const text = `<span data-i18n="${words.key(name)}"></span>`
  const lines =
    kind === 'tick'
      ? [
          '<label></label>',
          `<input type="checkbox" id="${id}" style="width: auto; margin: 0 6px 2px 0;">`,
          `<label for="${id}" style="width: auto;">${text}</label>`,
        ]
      : [
          `<label for="${id}"><i class="fa fa-${field.icon}"></i> ${text}</label>`,
          ...inputOf(field, id, words, type),
          ...unitOf(field, id, words),
        ]
  return [`<div class="form-row"${shownWhen(field.when)}>`, ...lines.map((line) => `  ${line}`), '</div>']
}

/** What the number in a field counts, beside it. */
function unitOf(field: NamedField, id: string, words: Words): string[] {
  const unit = 'unit' in field ? field.unit : undefined
  return unit === undefined
    ? []
    : [`<span class="edgecourier-unit" id="${id}-unit" data-i18n="${words.key(`unit.${unit}`)}"></span>`]
}

function inputOf(field: NamedField, id: string, words: Words, type: string): string[] {
  const described = 'unit' in field && field.unit !== undefined ? ` aria-describedby="${id}-unit"` : ''
  const empty = `${emptyText(field, words)}${described}`
  switch (field.kind) {
    case 'choice':
      return [
        `<select id="${id}">`,
        ...Object.entries(field.options).map(
          ([value, key]) => `  <option value="${value}" data-i18n="${words.key(key)}"></option>`,
        ),
        '</select>',
      ]
    case 'typed':
      return [
        `<input type="text" id="${id}"${empty}>`,
        `<input type="hidden" id="${id}Type">`,
        ...wordList(field, id, words),
      ]
    case 'secret':
      return [`<input type="password" id="${id}" autocomplete="new-password"${empty}>`]
    case 'url': {
      if (!field.suggestions) return [`<input type="text" id="${id}"${empty}>`]
      const list = `${type}-hosts`
      const options = field.suggestions.map((url) => `  <option value="${url}"></option>`)
      return [
        `<input type="text" id="${id}" list="${list}"${empty}>`,
        `<datalist id="${list}">`,
        ...options,
        '</datalist>',
      ]
    }
    default:
      return [`<input type="text" id="${id}"${empty}>`]
  }
}

/** What a typed input offers while it is fixed. */
function wordList({ words: closed, offered }: Extract<Field, { kind: 'typed' }>, id: string, words: Words): string[] {
  const offers = closed ?? offered
  if (!offers) return []
  const options = offers.map((word) => {
    const key = words.keyIfThere(`word.${word}`)
    return `  <option value="${word}"${key === undefined ? '' : ` data-i18n="${key}"`}></option>`
  })
  return [`<datalist id="${id}-words">`, ...options, '</datalist>']
}

/** What an empty field shows: for a number, its default. */
function emptyText(field: NamedField, words: Words): string {
  const { hint, placeholder } = field
  if (hint) return ` data-i18n="[placeholder]${words.key(hint)}"`
  const shown = placeholder ?? (field.kind === 'number' ? String(field.value) : '')
  return shown ? ` placeholder="${shown}"` : ''
}

function shownWhen(when: When | undefined): string {
  const conditions = Object.entries(when ?? {})
  return conditions.map(([name, values]) => ` data-when-${name}="${values.filter(Boolean).join(' ')}"`).join('')
}

/**
 * The script that registers a node type: plain literals, for whoever reads a page without running it, such as the validation
 * of Node-RED's flow library.
 * @param bundle a script that sets the variables `page` and `look`
 */
export function registrationOf(dialog: Dialog, bundle: string): string {
  const { settings, category, color, icon, outputs = 1 } = dialog
  const fields = Object.values(settings.fields)
  const secrets = fields.filter(({ kind }) => kind === 'secret')
  const stored = fields.filter(({ kind }) => kind !== 'secret').flatMap((field) => defaultsOf(field, dialog))
  const names = hasNames(dialog) ? ['pickedNames: { value: {} },'] : []
  const version = latestVersion(migrationsOf(settings.type))
  const isFlowNode = !isConfiguration(dialog)
  const hasTable = fields.some(({ kind }) => kind === 'table')
  const lines = [
    `category: '${category}',`,
    ...(isFlowNode ? [`color: '${color}',`, `icon: '${icon}',`, 'inputs: 1,', `outputs: ${outputs},`] : []),
    'defaults: {',
    ...["name: { value: '' },", `settingsVersion: { value: ${version} },`, ...stored, ...names].map(
      (line) => `  ${line}`,
    ),
    '},',
    ...(secrets.length > 0
      ? ['credentials: {', ...secrets.map(({ name }) => `  ${name}: { type: 'password', required: true },`), '},']
      : []),
    ...(isFlowNode ? flowNodeLook : ['label() { return page.label(this) },']),
    'oneditprepare() { page.prepare(this) },',
    ...(hasTable || hasNames(dialog) ? ['oneditsave() { page.save(this) },'] : []),
  ]
  return [
    '<script type="text/javascript">',
    ';(() => {',
    bundle.trim(),
    `RED.nodes.registerType('${settings.type}', {`,
    ...lines.map((line) => `  ${line}`),
    '})',
    '})()',
    '</script>',
  ].join('\n')
}

const flowNodeLook = [
  'paletteLabel() { return look.paletteLabel(this) },',
  'label() { return look.nodeLabel(this) },',
  'labelStyle() { return look.labelStyle(this) },',
  'inputLabels() { return look.inputLabel(this) },',
  'outputLabels(index) { return look.outputLabel(this, index) },',
  'onadd() { look.chooseOnlyOnes(this) },',
]

/** The members of `defaults` for a field: its value, and for a typed input its type. */
function defaultsOf(field: Field & { name: string }, dialog: Dialog): string[] {
  const { kind, name } = field
  const members = [`value: ${kind === 'table' ? '[]' : kind === 'configuration' ? "''" : literal(initialOf(field))}`]
  if (kind === 'configuration') members.push(`type: '${field.type}'`)
  const isChecked = checkIsNeeded(field)
  const isConfigurationField = kind === 'configuration' && !isChecked
  const isRequired = (kind === 'url' || kind === 'text') && field.required === true && isConfiguration(dialog)
  if (isConfigurationField) members.push(`required: ${field.required === true}`)
  else if (isRequired) members.push('required: true')
  if (isChecked) members.push(`validate: page.check('${name}')`)
  const own = `${name}: { ${members.join(', ')} },`
  return kind === 'typed' ? [own, `${name}Type: { value: '${field.types[0]}' },`] : [own]
}

const initialOf = (field: Field): string | number | boolean => ('value' in field ? field.value : '')
const literal = (value: string | number | boolean) => (typeof value === 'string' ? `'${value}'` : String(value))

/** Whether the editor checks a field by more than Node-RED's own rules. */
function checkIsNeeded(field: Field): boolean {
  switch (field.kind) {
    case 'url':
    case 'number':
    case 'table':
      return true
    case 'text':
      return field.form !== undefined || field.required !== undefined
    case 'typed':
      return field.required !== undefined || field.words !== undefined
    case 'configuration':
      return typeof field.required === 'object' || (field.required === true && field.when !== undefined)
    default:
      return false
  }
}
