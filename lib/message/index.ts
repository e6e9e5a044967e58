export { type ArchiveEntry, ArchiveFault, type ArchiveFaultKind, isArchive, readArchive } from './archive'
export { payloadWithoutMarks, withoutMarks } from './byte-order-mark'
export { type EntryTimeReading, EntryTimes } from './entry-times'
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
export { TimePattern } from './patterned-time'
export { inSlices } from './slices'
export { formatName, type TimeFormat } from './time-format'
export { automaticTimes, TimeReader, type TimeSettings, timeMsOf } from './time-reader'
export { type Fault, type Place, type Rejected, type Unsendable, ValueReport } from './value-report'
export { type Zone, zoneNamed } from './zone'
