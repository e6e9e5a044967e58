import {
  ConnectorError,
  isJsonObject,
  type JsonObject,
  parseJson,
  say,
  type Text,
  type TextValue,
  wideIntegerIn,
} from '../core'
import { fileTooLarge, type Id, idOf, idText, isArchive, readArchive } from '../message'

/**
 * A thing model ready to be sent, in one of the forms that EnOS knows.
 * Source: docs/protocol/enos.md §5.2, §5.3, §5.5.
 */
export type ThingModelFile =
  /** What the console exports and imports: `thingModelId`, `thingMeasurepointMap` … The bytes are UTF-8. */
  | { kind: 'export'; modelId: string; givenId: Id; fileName: string; bytes: Buffer; model: JsonObject }
  /** What the model API answers and takes: `modelId`, `measurepoints` … */
  | { kind: 'api'; modelId: string; givenId: Id; fileName: string; bytes: Buffer; model: JsonObject }
  | { kind: 'excel'; modelId: undefined; givenId?: undefined; fileName: string; bytes: Buffer }

/** The largest model file taken; a model of 5,000 features, the documented limit, stays far below. */
export const maxModelFileBytes = 50 * 1024 * 1024

const exportMaps = ['thingAttributeMap', 'thingMeasurepointMap', 'thingServiceMap', 'thingEventMap']
const apiMaps = ['attributes', 'measurepoints', 'services', 'events']
/** Of Excel's files before 2007. */
const oldExcelMagic = Buffer.from('d0cf11e0a1b11ae1', 'hex')

/**
 * Tells what the bytes of one model's file are, before anything is sent.
 * @param name what to call it: a file name, or words such as `the Buffer`
 * @param sentName the file name to send, where `name` is none
 * @throws ConnectorError `FILE_EMPTY`, `FILE_TOO_LARGE`, `FILE_NOT_A_MODEL`
 */
export function recogniseThingModel(bytes: Buffer, name: TextValue, sentName: TextValue = name): ThingModelFile {
  if (bytes.length > maxModelFileBytes) throw fileTooLarge(shortened(name), maxModelFileBytes)
  if (isArchive(bytes)) {
    if (!isWorkbook(bytes)) throw notAModel(name, say`It is a .zip file.`)
    return { kind: 'excel', modelId: undefined, fileName: fileName(sentName, 'xlsx'), bytes }
  }
  if (bytes.subarray(0, oldExcelMagic.length).equals(oldExcelMagic)) {
    throw notAModel(name, say`It is in Excel's old format: save it as .xlsx.`)
  }
  const text = decoded(bytes, name)
  if (text.trim() === '') throw new ConnectorError('FILE_EMPTY', say`${name} is empty. Export the thing model again.`)
  const parsed = parseJson(text)
  if (!isJsonObject(parsed)) throw notAModel(name, say`It is neither a JSON object nor an .xlsx file.`)
  const content = isUtf16(bytes) ? Buffer.from(text) : bytes
  const sent = { fileName: fileName(sentName, 'json') }
  if (parsed.thingModelId !== undefined && exportMaps.some((map) => isJsonObject(parsed[map]))) {
    return { kind: 'export', ...sent, ...namedModel(parsed, content, 'thingModelId', name) }
  }
  if (parsed.modelId !== undefined && apiMaps.some((map) => isJsonObject(parsed[map]))) {
    return { kind: 'api', ...sent, ...namedModel(parsed, content, 'modelId', name) }
  }
  throw notAModel(
    name,
    say`It has no thingModelId with thing…Map members, and no modelId with "measurepoints" or "attributes".`,
  )
}

/** The model with its id as text, and its bytes, which stay as they are unless the id was a number. */
function namedModel(parsed: JsonObject, bytes: Buffer, member: 'thingModelId' | 'modelId', name: TextValue) {
  const givenId = idOf(parsed[member], say`"${member}" in ${shortened(name)}`)
  const modelId = idText(givenId)
  if (typeof parsed[member] === 'string') return { modelId, givenId, bytes, model: parsed }
  if (wideIntegerIn(bytes.toString()) !== undefined) throw notAModel(name, say`"${member}" has to be a text.`)
  const model = { ...parsed, [member]: modelId }
  return { modelId, givenId, bytes: Buffer.from(JSON.stringify(model)), model }
}

/** Above what a workbook has in pieces; its parts are only looked at by name, never unpacked. */
const mostParts = 10_000

/** Whether an archive is an Excel workbook (.xlsx), by what each of them holds. */
export function isWorkbook(bytes: Buffer): boolean {
  try {
    const names = new Set(readArchive(bytes, mostParts).map(({ name }) => name.toLowerCase()))
    return names.has('[content_types].xml') && names.has('xl/workbook.xml')
  } catch {
    return false
  }
}

/** UTF-8, or UTF-16 in either byte order, without the byte order mark. Any other encoding would spoil the names. */
function decoded(bytes: Buffer, name: TextValue): string {
  const encoding = isUtf16(bytes) ? (bytes[0] === 0xfe || bytes[0] === 0 ? 'utf-16be' : 'utf-16le') : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw notAModel(name, say`It is neither UTF-8 nor UTF-16 text: save it as UTF-8.`)
  }
}

/** By its mark, or by the zero byte that one of the first two characters of a JSON text has in UTF-16. */
function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || (first === 0) !== (second === 0)
}

/** What a file is called when it is sent. */
export function fileName(name: TextValue, extension: 'json' | 'xlsx' | 'zip'): string {
  return typeof name === 'string' && name.includes('.') ? name : `ThingModel.${extension}`
}

/** `FILE_NOT_A_MODEL` for what has this name, with the reason. */
export function notAModel(name: TextValue, why: Text): ConnectorError {
  return new ConnectorError(
    'FILE_NOT_A_MODEL',
    say`${shortened(name)} is not a thing model, so nothing was sent. ${why} Export the model from the EnOS console.`,
  )
}

/** A name that fits into a sentence. */
export function shortened<T extends TextValue>(name: T): Text | string {
  if (typeof name === 'object') return name
  return String(name).length > 120 ? `${String(name).slice(0, 120)}…` : String(name)
}
