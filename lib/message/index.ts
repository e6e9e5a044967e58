export { type ArchiveEntry, ArchiveFault, type ArchiveFaultKind, isArchive, readArchive } from './archive'
export { refuseUndated } from './arrival'
export { byteOrderMark, payloadWithoutMarks, withoutMarks } from './byte-order-mark'
export { type EntryTimeReading, EntryTimes } from './entry-times'
export { refuseNameless, refuseRegisters, scalarOf, unpacked } from './field-payload'
export { fieldValueOf, isExact, isFieldValue, tooWide } from './field-value'
export {
  type Id,
  idOf,
  idPath,
  idSegment,
  idsOfPath,
  idText,
  isBlank,
  isUnknownItem,
  lostZerosText,
  namesIn,
  numbersAmong,
  optionalIdOf,
  plainId,
  withLostZeros,
  withSentence,
} from './identifier'
export { isMetric as isMetricValue, metricSets, metricsIn } from './metric-value'
export { fileTooLarge, type NamedFile, pathOf, readNamedFile } from './named-file'
export { editDistance, nearestName } from './nearest-name'
export { type DecimalSign, hasDecimalComma, pointedNumber } from './number-text'
export { isPair } from './opcua-value'
export { TimePattern } from './patterned-time'
export { isSendableId, pathSegment, sendableId } from './sendable-id'
export { inSlices } from './slices'
export { likelyTimeColumns, smallestTime } from './time-column'
export { formatName, type TimeFormat } from './time-format'
export { automaticTimes, TimeReader, type TimeSettings, timeMsOf } from './time-reader'
export { type Fault, type FieldValue, type Place, type Rejected, type Unsendable, ValueReport } from './value-report'
export { bytesFault, wideInteger } from './wide-value'
export { type Zone, zoneNamed } from './zone'
