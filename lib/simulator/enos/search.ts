import { type Fields, isFields } from '../checked-input'
import { type ApiAnswer, type ApiCall, invalid } from './api-call'
import { matcherOf } from './expression'

interface SearchSettings {
  /** Page size where none is given; 10. */
  pageSize?: number
  /** The largest page; any. */
  mostOnPage?: number
  /** A record as expressions see it, where that differs from what is answered. */
  asSearched?: (record: Fields) => Fields
  /** Names that expressions use for a field: `modelIds` for `modelId`. */
  aliases?: Record<string, string>
}

/** Answers a search body: `expression`, `pagination { pageNo, pageSize }`, `projection`. */
export function search(
  records: Fields[],
  { body, options }: Pick<ApiCall, 'body' | 'options'>,
  { pageSize: usual = 10, mostOnPage = Infinity, asSearched = (record) => record, aliases = {} }: SearchSettings = {},
): ApiAnswer {
  const matches = matcherOf(body.expression, aliases)
  const found = records.filter((record) => matches(asSearched(record)))
  const { pageNo = 1, pageSize: asked = usual } = isFields(body.pagination) ? body.pagination : {}
  if (!isCount(pageNo) || !isCount(asked)) throw invalid('pageNo and pageSize are whole numbers from 1 up')
  if (asked > mostOnPage && options.pageTooLarge === 'refuse') throw invalid(`pageSize is at most ${mostOnPage}`)
  const pageSize = Math.min(asked, mostOnPage)
  const page = found.slice((pageNo - 1) * pageSize, pageNo * pageSize)
  return {
    data: page.map((record) => projected(record, body.projection)),
    pagination: { sortedBy: null, pageNo, pageSize, totalSize: found.length },
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

/** Only the given paths of a record: `name.defaultValue`, `attributes.*`, `services.*.inputData[*].identifier`. */
export function projected(record: Fields, projection: unknown): unknown {
  if (projection === undefined || projection === null) return record
  if (!Array.isArray(projection) || !projection.every((path) => typeof path === 'string')) {
    throw invalid('projection must be a list of paths')
  }
  if (projection.length === 0) return record
  const paths = (projection as string[]).map((path) => path.replaceAll('[*]', '.*').split('.'))
  return cropped(record, paths)
}

function cropped(value: unknown, paths: string[][]): unknown {
  if (paths.some((path) => path.length === 0)) return value
  if (Array.isArray(value)) return value.map((item) => cropped(item, behind(paths, '*')))
  if (!isFields(value)) return value
  const kept = Object.entries(value).flatMap(([name, item]) => {
    const rest = behind(paths, name)
    return rest.length > 0 ? [[name, cropped(item, rest)] as const] : []
  })
  return Object.fromEntries(kept)
}

function behind(paths: string[][], name: string): string[][] {
  return paths.filter(([first]) => first === name || first === '*').map((path) => path.slice(1))
}
