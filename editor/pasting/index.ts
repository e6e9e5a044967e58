// Pure: what a text holds, and where its values go. The dialogs use it by take.ts.
export { type Foreign, fitted, foreignOf, type Placed, shown } from './fit'
export { type Pasted, type PastedValue, readPasted } from './read'
export { type PastedRecord, recordsOf } from './records'
export { type Shown, settingTargets } from './settings'
export { type PastedRow, type PastedRows, pastedRows } from './table'
export { type Target, Targets, taken } from './target'
