import { type Foreign, fitted } from './fit'
import type { Pasted } from './read'
import { isObject, type PastedRecord, recordsOf, recordsOfJson } from './records'
import { type Target, Targets } from './target'
import { isNamed, withoutAccount } from './without-account'

/** A row for a table, as far as it was pasted. */
export interface PastedRow {
  id: string
  name?: string
  type?: string
  unit?: string
  /** Where in a message its value is. */
  source?: string
  minimum?: number
  maximum?: number
}

export interface PastedRows {
  rows: PastedRow[]
  /** Whether there were more. */
  more: boolean
  /** What is of an account, and in no row. */
  ofAccount?: Foreign
  /** Ids of rows with something beside them that is no place in a message, and was not taken over. */
  placeless: readonly string[]
}

const mostRows = 500
const deepest = 4

const types = 'BOOL BYTE CHAR SHORT INT LONG FLOAT DOUBLE STRING DATE TIMESTAMP ENUM STRUCT ARRAY FILE'.split(' ')
const isType = (text: string) =>
  types.includes(text.toUpperCase()) || /^(?:number|boolean|string|object|integer)$/i.test(text)
const isUnit = (text: string) =>
  /^(?:[%‰°Ω]|°[CFK]|rpm|1\/min|[kMGmµμn]?(?:Wh?|VAh?|varh?|Vh?|Ah?|Hz|bar|Pa|[mglsJNKΩ]|min|h)(?:[²³23])?(?:\/[a-zA-Z]{1,3}[²³23]?)?)$/.test(
    text,
  )
/** `payload.temp`, `msg.payload["a b"]`, `data[0]`: a place in a message, and no sentence. */
const isSource = (text: string) =>
  /^(?:msg\.)?[A-Za-z_$][\w$]*(?:\.[\w$]+|\[(?:\d{1,9}|"[^"]{1,200}"|'[^']{1,200}')\])+$/.test(text)
const anyNumber = { from: -Number.MAX_VALUE, to: Number.MAX_VALUE }

/** The columns of a table, in the order in which they come where nothing names them. */
function columns(idNames: readonly string[]): Targets {
  type Check = (text: string) => boolean
  const column = (
    name: string,
    called: readonly string[],
    checks: { isFit?: Check; isLikely?: Check } = {},
  ): Target => ({
    name,
    called: [name, ...called],
    kind: 'text',
    ...checks,
  })
  return new Targets([
    column('id', ['identifier', 'key', 'tag', 'point', 'sensor', ...idNames]),
    column('source', ['value', 'path', 'property', 'value from', 'Wert', 'Wert aus', 'Quelle'], { isFit: isSource }),
    column('type', ['data type', 'sensor type', 'Typ', 'Datentyp', '类型', '数据类型', '유형', '型'], {
      isLikely: isType,
    }),
    column('unit', ['unit id', 'uom', 'Einheit', '单位', '단위', '単位'], { isLikely: isUnit }),
    {
      name: 'minimum',
      called: ['minimum', 'min', 'lower limit', '最小值', '최소', '最小'],
      kind: 'number',
      range: anyNumber,
    },
    {
      name: 'maximum',
      called: ['maximum', 'max', 'upper limit', '最大值', '최대', '最大'],
      kind: 'number',
      range: anyNumber,
    },
    column('name', [
      'label',
      'title',
      'description',
      'display name',
      'name default value',
      'Bezeichnung',
      '名称',
      '이름',
      '名前',
    ]),
  ])
}

/**
 * The rows for a table of points or sensors in what was pasted; a message, such as one copied from the debug sidebar, stands for
 * a row for each of its members.
 * @param idNames what the ids are called, in the editor's language too
 */
export function pastedRows(pasted: Pasted, idNames: readonly string[]): PastedRows {
  const targets = columns(idNames)
  const records =
    pasted.form === 'json'
      ? recordsIn(pasted.json, 0)
      : pasted.form === 'names'
        ? named(pasted.values)
        : recordsOf(pasted, targets)
  const isColumn = pasted.form === 'cells' && records.length === 1 && pasted.rows.every((row) => row.length === 1)
  const each = isColumn ? (records[0] ?? []).map((value) => [value]) : records
  const { kept, ofAccount } = withoutAccount(pasted, each, targets)
  const byId = new Map<string, PastedRow>()
  const placeless = new Set<string>()
  for (const record of kept) {
    const row = rowOf(record, targets)
    if (!row || byId.has(row.id)) continue
    byId.set(row.id, row)
    if (
      row.source === undefined &&
      record.some((value) => value.value.trim() !== '' && isNamed(value, 'source', targets))
    )
      placeless.add(row.id)
  }
  const rows = [...byId.values()]
  return {
    rows: rows.slice(0, mostRows),
    more: rows.length > mostRows,
    placeless: [...placeless],
    ...(ofAccount ? { ofAccount } : {}),
  }
}

function rowOf(record: PastedRecord, targets: Targets): PastedRow | undefined {
  const found = new Map(fitted(record, targets, 'id').flatMap(({ target, value }) => (target ? [[target, value]] : [])))
  const id = found.get('id')?.trim()
  if (!id) return undefined
  const texts = ['name', 'type', 'unit', 'source'].flatMap((key) => {
    const value = found.get(key)?.trim()
    return value ? [[key, key === 'source' ? value.replace(/^msg\./, '') : value] as const] : []
  })
  const numbers = ['minimum', 'maximum'].flatMap((key) => {
    const value = found.get(key)
    return value === undefined ? [] : [[key, Number(value)] as const]
  })
  return { id, ...Object.fromEntries(texts), ...Object.fromEntries(numbers) }
}

/** Of `id=place` lines. */
const named = (values: readonly { name: string; value: string }[]): PastedRecord[] =>
  values.map(({ name, value }) => [
    { name: 'id', value: name },
    { name: 'source', value },
  ])

/** Members of messages, models and answers that hold what a table is about. */
const containers = [
  'measurepoints',
  'measurePoints',
  'points',
  'sensors',
  'attributes',
  'values',
  'items',
  'data',
  'payload',
]

/** Lists and things by their ids, wherever they lie in it. */
function recordsIn(json: unknown, depth: number, isKept = false): PastedRecord[] {
  if (Array.isArray(json)) {
    const isOfNames = json.every((item) => typeof item === 'string' || typeof item === 'number')
    if (isOfNames) return json.map((id) => [{ name: 'id', value: String(id) }])
    return recordsOfJson(json)
  }
  if (!isObject(json) || depth > deepest) return []
  const kept = containers.find((name) => typeof json[name] === 'object' && json[name] !== null)
  if (kept) return recordsIn(json[kept], depth + 1, true)
  const members = Object.entries(json)
  const inner = members.map(([, value]) => value)
  if (inner.length > 0 && inner.every(isObject) && (isKept || inner.length > 1 || !inner.every(holdsObjects)))
    return members.flatMap(([id, value]) => {
      const [record = []] = recordsOfJson(value)
      return [[{ name: 'id', value: id }, ...record.filter(({ name }) => name !== 'id' && name !== 'identifier')]]
    })
  const lists = inner.filter((value) => Array.isArray(value) || (isObject(value) && holdsObjects(value)))
  for (const value of lists) {
    const found = recordsIn(value, depth + 1)
    if (found.length > 0) return found
  }
  return members.map(([id]) => [{ name: 'id', value: id }])
}

const holdsObjects = (value: unknown) => isObject(value) && Object.values(value).some((inner) => isObject(inner))
