import { type ConnectorError, say, type Text, type TextValue } from '../core'
import { type ArchiveEntry, ArchiveFault, type ArchiveFaultKind, fileTooLarge, readArchive } from '../message'
import { maxModelFileBytes, notAModel, recogniseThingModel, type ThingModelFile } from './model-file'

/** An organisation has at most 2,000 models. Source: docs/protocol/enos.md §5.4. */
const mostFiles = 2_000
/** All models of a batch together, unpacked. */
const maxBatchBytes = 2 * maxModelFileBytes
/**
 * The models in a .zip of the console's batch export, parents before those that inherit from them. Everything in it has to
 * be a model, so that nothing is sent of an archive that is something else.
 * @throws ConnectorError `FILE_NOT_A_MODEL`, `FILE_TOO_LARGE`, `FILE_EMPTY`
 */
export async function readBatch(bytes: Buffer, name: string | Text): Promise<ThingModelFile[]> {
  try {
    const entries = readArchive(bytes, mostFiles).filter(isContent)
    if (entries.length === 0) throw notAModel(name, say`It is a .zip file without a thing model in it.`)
    const files: ThingModelFile[] = []
    let roomBytes = maxBatchBytes
    for (const entry of entries) {
      if (entry.bytes > roomBytes) throw fileTooLarge(name, maxBatchBytes)
      const content = await entry.unpack(Math.min(roomBytes, maxModelFileBytes))
      roomBytes -= content.length
      files.push(recogniseThingModel(content, say`${baseName(entry)} in ${name}`, baseName(entry)))
    }
    refuseTwins(files, name)
    return parentsFirst(files)
  } catch (failure) {
    throw failure instanceof ArchiveFault ? unreadable(failure.kind, name) : failure
  }
}

/** Whether it is more than what operating systems add to an archive. */
function isContent(entry: ArchiveEntry): boolean {
  const base = baseName(entry)
  return !entry.name.startsWith('__MACOSX/') && !base.startsWith('.') && !/^(thumbs\.db|desktop\.ini)$/i.test(base)
}

function baseName({ name }: ArchiveEntry): string {
  return name.slice(name.lastIndexOf('/') + 1).slice(0, 120)
}

/** The later would replace what the earlier has just brought. */
function refuseTwins(files: readonly ThingModelFile[], name: TextValue): void {
  const seen = new Set<string>()
  for (const { modelId } of files) {
    if (modelId !== undefined && seen.has(modelId)) throw notAModel(name, say`It holds the model ${modelId} twice.`)
    if (modelId !== undefined) seen.add(modelId)
  }
}

function parentsFirst(files: readonly ThingModelFile[]): ThingModelFile[] {
  const byId = new Map(files.map((file) => [file.modelId, file]))
  const sorted = new Set<ThingModelFile>()
  for (const file of files) {
    const line: ThingModelFile[] = []
    // A model of its own ancestor, which cannot be, must not end in a circle.
    for (let next: ThingModelFile | undefined = file; next && !line.includes(next) && line.length < 50; ) {
      line.unshift(next)
      next = next.kind === 'export' ? byId.get(String(next.model.parentModelId)) : undefined
    }
    for (const member of line) sorted.add(member)
  }
  return [...sorted]
}

function unreadable(kind: ArchiveFaultKind, name: string | Text): ConnectorError {
  switch (kind) {
    case 'too-large':
      return fileTooLarge(name, maxBatchBytes)
    case 'too-many':
      return notAModel(name, say`It holds more than ${mostFiles} files.`)
    case 'encrypted':
      return notAModel(name, say`It is an encrypted .zip file.`)
    case 'broken':
      return notAModel(name, say`It is a damaged .zip file, or one that only the program that made it can unpack.`)
  }
}
