import { ConnectorError, say, type Text, type TextValue } from '../core'

/**
 * An id of either cloud (asset, product, device, gateway, sensor, point, event, model, site …) as it came in: a text, or
 * the whole number that a csv node or a database makes of one. It stays a number as long as it is kept, because only that
 * tells later that zeros in front of it may be lost.
 */
export type Id = string | number

/**
 * An id that needs no closer look: a text without blanks around it, or a number that is whole and exact. `undefined` for
 * anything else, good or bad. For lists: no text has to be made of where it stands.
 */
export function plainId(id: unknown): Id | undefined {
  if (typeof id === 'string') return isBare(id) ? id : id.trim() || undefined
  return Number.isSafeInteger(id) ? (id as number) : undefined
}

/** Whether it begins and ends with a visible character of ASCII: there is nothing to trim. */
function isBare(id: string): boolean {
  const first = id.charCodeAt(0)
  const last = id.charCodeAt(id.length - 1)
  return first > 0x20 && first < 0x7f && last > 0x20 && last < 0x7f
}

/**
 * The one rule for ids. An id that is present is never treated as missing: the value would be stored on another device.
 * @param id anything but `undefined`, which is for the caller to judge
 * @param what where it stands, for the error: `msg.gatewayId`, `entry 3, "assetId"`
 * @param code of the error: `CONFIG_INVALID` for an id that was entered in a dialog
 * @throws ConnectorError `INPUT_EMPTY` for a blank text and `null`; with `code` for anything else but a text, or a whole
 *   number that is exact
 */
export function idOf(id: unknown, what: TextValue, code: 'INPUT_INVALID' | 'CONFIG_INVALID' = 'INPUT_INVALID'): Id {
  const plain = plainId(id)
  if (plain !== undefined) return plain
  throw isBlank(id)
    ? new ConnectorError('INPUT_EMPTY', emptyText(what))
    : new ConnectorError(code, notAnIdText(what, id))
}

/** As `idOf`; `undefined` stays what it is. */
export function optionalIdOf(id: unknown, what: TextValue): Id | undefined {
  return id === undefined ? undefined : idOf(id, what)
}

/** As the clouds want it. */
export function idText(id: Id): string {
  return typeof id === 'string' ? id : String(id)
}

const separating = /[%/]/

/** An id as a part of a path of ids: itself, where it has no `/` and no `%`. */
export function idSegment(id: Id): string {
  const text = idText(id)
  return separating.test(text) ? text.replaceAll('%', '%25').replaceAll('/', '%2F') : text
}

/** One name for several ids together, `pk/dk`: other ids never make the same. */
export function idPath(...ids: readonly Id[]): string {
  return ids.map(idSegment).join('/')
}

/** The ids from which `idPath` made a name. */
export function idsOfPath(path: string): string[] {
  return path.split('/').map((segment) => segment.replaceAll('%2F', '/').replaceAll('%25', '%'))
}

/** What to know of ids that came in as numbers, where the cloud does not know one of them; `undefined` where none did. */
export function lostZerosText(ids: readonly (Id | undefined)[]): Text | undefined {
  const numbers = [...new Set(ids.filter((id) => typeof id === 'number'))]
  if (numbers.length === 0) return undefined
  return say`The id ${numbers.slice(0, 5).join(', ')} came in as a number, so any leading zeros are lost. If the real id has some, send it as text (csv node: untick "parse numerical values").`
}

/** Of names that have become members of an object: those that came in as numbers; `undefined` where none did. */
export function numbersAmong(ids: readonly unknown[]): ReadonlySet<string> | undefined {
  const numbers = ids.filter((id) => typeof id === 'number' && plainId(id) !== undefined)
  return numbers.length > 0 ? new Set(numbers.map(String)) : undefined
}

/** The failure; with `lostZerosText` where it says that the cloud does not know something, or that it is not ours. */
export function withLostZeros<Failure>(failure: Failure, ids: readonly (Id | undefined)[]): Failure | ConnectorError {
  return failure instanceof ConnectorError && isUnknownItem(failure)
    ? withSentence(failure, lostZerosText(ids))
    : failure
}

/** Whether the cloud says that it has no such item, that it is not ours, or (`CONFLICT`) that it is another one. */
export function isUnknownItem({ code, statusCode }: ConnectorError): boolean {
  return code === 'NOT_FOUND' || code === 'PERMISSION_DENIED' || code === 'CONFLICT' || statusCode === 404
}

/** The same failure, with a further sentence. */
export function withSentence(failure: ConnectorError, more: Text | undefined): ConnectorError {
  return more ? new ConnectorError(failure.code, say`${failure.text} ${more}`, failure) : failure
}

/** Whether there is nothing: null, undefined, or a text of no more than white space. A field of a dialog, a cell of a table. */
export function isBlank(id: unknown): boolean {
  return id === null || id === undefined || (typeof id === 'string' && id.trim() === '')
}

/** The members by which an object names whose it is; empty for anything but an object. */
export function namesIn(given: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {}
  const members = given as Readonly<Record<string, unknown>>
  return Object.fromEntries(names.filter((name) => members[name] !== undefined).map((name) => [name, members[name]]))
}

function emptyText(what: TextValue): Text {
  return say`${what} is present but empty, and nothing else is used in its place. Enter the id, or leave it out altogether (csv node: untick "include empty strings").`
}

function notAnIdText(what: TextValue, id: unknown): Text {
  return say`${what} is ${described(id)}, which is not an id. Send it as text; a whole number up to ${Number.MAX_SAFE_INTEGER} will do.`
}

function described(id: unknown): TextValue {
  if (typeof id === 'number' || typeof id === 'bigint') return say`the number ${String(id).slice(0, 40)}`
  if (Array.isArray(id)) return say`a list`
  if (typeof id === 'object') return say`an object`
  return say`a value of type ${typeof id}`
}
