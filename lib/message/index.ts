export { type ArchiveEntry, ArchiveFault, type ArchiveFaultKind, isArchive, readArchive } from './archive'
export {
  type Id,
  idOf,
  idText,
  isBlank,
  lostZerosText,
  optionalIdOf,
  plainId,
  withLostZeros,
  withSentence,
} from './identifier'
export { fileTooLarge, type NamedFile, pathOf, readNamedFile } from './named-file'
export { inSlices } from './slices'
export { plainTimeMs, timeMsOf } from './time'
