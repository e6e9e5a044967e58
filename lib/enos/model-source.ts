import { ConnectorError, say, type TextValue } from '../core'
import { fileTooLarge, isArchive, readNamedFile } from '../message'
import { jsonText } from './body-text'
import { readBatch } from './model-batch'
import {
  fileName,
  isWorkbook,
  maxModelFileBytes,
  notAModel,
  recogniseThingModel,
  shortened,
  type ThingModelFile,
} from './model-file'

/** What the console's batch export delivers: a .zip of such files. */
export interface ThingModelBatch {
  kind: 'batch'
  fileName: string
  /** At least one; a model's parent comes before it. */
  files: ThingModelFile[]
}

/**
 * Reads a thing model, or a batch export of several, from the path of a file, a Buffer, JSON text (with or without a byte
 * order mark) or an object. A text that starts with `{` is JSON, any other is a path, which may stand in quotes or be a
 * `file://` URL.
 * @throws ConnectorError `INPUT_EMPTY`, `INPUT_CIRCULAR`, `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY`,
 *   `FILE_TOO_LARGE`, `FILE_NOT_A_MODEL`
 */
export async function readThingModel(source: unknown): Promise<ThingModelFile | ThingModelBatch> {
  if (source === undefined || source === null || source === '') {
    throw new ConnectorError(
      'INPUT_EMPTY',
      say`No thing model given. Give the path of a file, its content, or the model as an object.`,
    )
  }
  if (Buffer.isBuffer(source)) return recognise(source, say`the Buffer`)
  if (typeof source !== 'string') return recognise(Buffer.from(jsonText(source) ?? ''), say`the object`)
  if (/^\uFEFF?\s*[{[]/.test(source.slice(0, 100))) return recognise(Buffer.from(source), say`the text`)
  if (source.includes('\0')) {
    throw notAModel(
      say`the text`,
      say`It was read as UTF-8 text, but it is UTF-16 or not a text file at all: let the file node output a Buffer.`,
    )
  }
  const { name, bytes } = await readNamedFile(source, maxModelFileBytes)
  return recognise(bytes, name)
}

async function recognise(bytes: Buffer, name: TextValue): Promise<ThingModelFile | ThingModelBatch> {
  if (bytes.length > maxModelFileBytes) throw fileTooLarge(shortened(name), maxModelFileBytes)
  if (!isArchive(bytes) || isWorkbook(bytes)) return recogniseThingModel(bytes, name)
  return { kind: 'batch', fileName: fileName(name, 'zip'), files: await readBatch(bytes, shortened(name)) }
}
