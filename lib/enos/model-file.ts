import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { ConnectorError, isJsonObject, type JsonObject, parseJson } from '../http'
import { say, type Text, type TextValue } from '../text'
import { jsonText } from './application'

/** A thing model ready to be sent, in one of the forms that EnOS knows. Source: enos.md sections 3.1 and 3.3. */
export type ThingModelFile =
  /** What the console exports and imports: `thingModelId`, `thingMeasurepointMap` … */
  | { kind: 'export'; modelId: string; fileName: string; bytes: Buffer; model: JsonObject }
  /** What the model API answers and takes: `modelId`, `measurepoints` … */
  | { kind: 'api'; modelId: string; fileName: string; bytes: Buffer; model: JsonObject }
  | { kind: 'excel'; modelId: undefined; fileName: string; bytes: Buffer }

/** The largest model file taken; a model of 5,000 features, the documented limit, stays far below. */
export const maxModelFileBytes = 50 * 1024 * 1024

const exportMaps = ['thingAttributeMap', 'thingMeasurepointMap', 'thingServiceMap', 'thingEventMap']
const apiMaps = ['attributes', 'measurepoints', 'services', 'events']
const zipMagic = Buffer.from([0x50, 0x4b, 0x03, 0x04])

/**
 * Reads a thing model from the path of a file, a Buffer, JSON text (with or without a byte order mark) or an object.
 * A text that starts with `{` is JSON, any other is a path.
 * @throws ConnectorError `INPUT_EMPTY`, `INPUT_CIRCULAR`, `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY`,
 *   `FILE_TOO_LARGE`, `FILE_NOT_A_MODEL`
 */
export async function readThingModel(source: unknown): Promise<ThingModelFile> {
  if (source === undefined || source === null || source === '') {
    throw new ConnectorError(
      'INPUT_EMPTY',
      say`No thing model given. Give the path of a file, its content, or the model as an object.`,
    )
  }
  if (Buffer.isBuffer(source)) return recogniseThingModel(source, say`the Buffer`)
  if (typeof source === 'string' && !/^\uFEFF?\s*[{[]/.test(source)) return readModelFile(source.trim())
  if (typeof source === 'string') return recogniseThingModel(Buffer.from(source), say`the text`)
  return recogniseThingModel(Buffer.from(jsonText(source) ?? ''), say`the object`)
}

async function readModelFile(path: string): Promise<ThingModelFile> {
  try {
    const { size } = await stat(path)
    if (size > maxModelFileBytes) throw tooLarge(path, size)
    return recogniseThingModel(await readFile(path), basename(path))
  } catch (failure) {
    if (failure instanceof ConnectorError) throw failure
    const { code } = failure as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENAMETOOLONG') {
      throw new ConnectorError(
        'FILE_NOT_FOUND',
        say`There is no file "${shortened(path)}". Check the path; it is one on the PC that runs Node-RED.`,
      )
    }
    throw new ConnectorError(
      'FILE_UNREADABLE',
      say`The file "${shortened(path)}" cannot be read (${code ?? say`unknown reason`}). Check its permissions.`,
    )
  }
}

/**
 * Tells what a file's bytes are, before anything is sent.
 * @param name what to call it: a file name, which is also sent, or words such as `the Buffer`
 */
export function recogniseThingModel(bytes: Buffer, name: TextValue): ThingModelFile {
  if (bytes.length > maxModelFileBytes) throw tooLarge(name, bytes.length)
  if (bytes.subarray(0, zipMagic.length).equals(zipMagic)) {
    return { kind: 'excel', modelId: undefined, fileName: fileName(name, 'xlsx'), bytes }
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') throw new ConnectorError('FILE_EMPTY', say`${name} is empty. Export the thing model again.`)
  const model = parseJson(text)
  if (!isJsonObject(model)) throw notAModel(name, say`It is neither a JSON object nor an .xlsx file.`)
  if (
    typeof model.thingModelId === 'string' &&
    model.thingModelId &&
    exportMaps.some((map) => isJsonObject(model[map]))
  ) {
    return { kind: 'export', modelId: model.thingModelId, fileName: fileName(name, 'json'), bytes, model }
  }
  if (typeof model.modelId === 'string' && model.modelId && apiMaps.some((map) => isJsonObject(model[map]))) {
    return { kind: 'api', modelId: model.modelId, fileName: fileName(name, 'json'), bytes, model }
  }
  throw notAModel(
    name,
    say`It has no thingModelId with thing…Map members, and no modelId with measurepoints or attributes.`,
  )
}

function fileName(name: TextValue, extension: 'json' | 'xlsx'): string {
  return typeof name === 'string' && name.includes('.') ? name : `ThingModel.${extension}`
}

function notAModel(name: TextValue, why: Text): ConnectorError {
  return new ConnectorError(
    'FILE_NOT_A_MODEL',
    say`${shortened(name)} is no thing model, nothing was sent. ${why} Export the model from the EnOS console.`,
  )
}

function tooLarge(name: TextValue, size: number): ConnectorError {
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
  return new ConnectorError(
    'FILE_TOO_LARGE',
    say`${shortened(name)} has ${megabytes(size)} MB; a thing model has at most ${megabytes(maxModelFileBytes)} MB. Is it the right file?`,
  )
}

function shortened<T extends TextValue>(text: T): T | string {
  return typeof text === 'string' && text.length > 120 ? `${text.slice(0, 120)}…` : text
}
