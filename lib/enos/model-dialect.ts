import { ConnectorError, type JsonObject, say, type TextValue, wideIntegerIn } from '../core'
import type { ThingModelFile } from './model-file'
import { type ConvertedModel, toApiDialect } from './model-to-api'
import { toFileDialect } from './model-to-file'

/** A field of a model file that could not be sent, because the way to EnOS has no place for it. */
export interface Unexpressed {
  /** `minimum` */
  field: string
  /** How many times the file has it. */
  count: number
  /** Where it occurs first: `thingMeasurepointMap.temp.minimum`. */
  first: string
}

type JsonModelFile = Exclude<ThingModelFile, { kind: 'excel' }>

/** What the update API takes. Source: docs/protocol/enos.md §5.1. */
const updateFields = [
  'modelId',
  'name',
  'desc',
  'category',
  'tags',
  'attributes',
  'measurepoints',
  'services',
  'events',
]

/**
 * The body of the documented update API for a model in either dialect. A model of the API's own goes as it is, as far as the
 * update knows its fields.
 * @param patch with it a model of the API's dialect may name `featuresToDelete`
 * @throws ConnectorError `FILE_NOT_A_MODEL` naming the first thing that could not be converted
 */
export function toUpdateBody(file: JsonModelFile, patch: boolean): { body: JsonObject; notSent: Unexpressed[] } {
  refuseWide(file)
  const { model, unexpressed, faults }: ConvertedModel =
    file.kind === 'export' ? toApiDialect(file.model) : { model: file.model, unexpressed: [], faults: [] }
  if (faults[0]) throw unconvertible(file.fileName, faults[0])
  const taken = patch ? [...updateFields, 'featuresToDelete'] : updateFields
  const said = Object.entries(model).filter(([, value]) => value !== undefined && value !== null)
  const left = said.filter(([name]) => !taken.includes(name)).map(([name]) => inFile(file, name))
  const body = Object.fromEntries(Object.entries(model).filter(([name]) => taken.includes(name)))
  return { body, notSent: summary([...left, ...unexpressed]) }
}

/**
 * The file for the console's import: the bytes as they are, or a model of the API's dialect as the console writes it.
 * @throws ConnectorError `FILE_NOT_A_MODEL` naming the first thing that could not be converted
 */
export function toImportFile(file: ThingModelFile): { bytes: Buffer; notSent: Unexpressed[] } {
  if (file.kind !== 'api') return { bytes: file.bytes, notSent: [] }
  refuseWide(file)
  const { model, unexpressed, faults } = toFileDialect(file.model)
  if (faults[0]) throw unconvertible(file.fileName, faults[0])
  return { bytes: Buffer.from(JSON.stringify(model)), notSent: summary(unexpressed) }
}

/** A model in the API's dialect, whatever dialect the file has and whatever in it makes no sense. */
export function inApiDialect(file: JsonModelFile): JsonObject {
  return file.kind === 'export' ? toApiDialect(file.model).model : file.model
}

/** The organisation, which the update knows from the application, is called otherwise in the console's files. */
function inFile({ kind }: JsonModelFile, name: string): string {
  return kind === 'export' && name === 'orgId' ? 'ou' : name
}

function summary(paths: readonly string[]): Unexpressed[] {
  const byField = new Map<string, Unexpressed>()
  for (const path of paths) {
    const field = path.slice(path.lastIndexOf('.') + 1)
    const known = byField.get(field)
    if (known) known.count += 1
    else byField.set(field, { field, count: 1, first: path })
  }
  return [...byField.values()]
}

/** A bound or a default that JavaScript's numbers cannot hold would become another one. */
function refuseWide({ bytes, fileName }: JsonModelFile): void {
  const wide = wideIntegerIn(bytes.toString())
  if (wide === undefined) return
  throw unconvertible(fileName, say`The number ${wide.slice(0, 40)} in it has more digits than can be kept.`)
}

function unconvertible(fileName: string, why: TextValue): ConnectorError {
  return new ConnectorError(
    'FILE_NOT_A_MODEL',
    say`${fileName} cannot be converted for this way of uploading, so nothing was sent. ${why} Correct it, or choose the other way.`,
  )
}
