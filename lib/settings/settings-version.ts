import type { StoredSettings } from './conditions'

/** Turns the settings of one version into those of the next. */
export type Migration = (settings: StoredSettings) => StoredSettings

/** What settings without `settingsVersion` are: release 0.1.0 did not write it. */
const firstVersion = 1

/** Release 0.1.0 knew no table of values: its nodes take them from the message. */
const valuesFromMessage =
  (table: string): Migration =>
  (settings) => ({ valuesFrom: 'message', [table]: [], time: '', timeType: 'date', ...settings })

/** Nodes of release 0.1.0 refuse a message with a value that can't be sent, and read no decimal comma; new ones leave the value out. */
const refusingUnsendable: Migration = (settings) => ({ unsendable: 'refuse', decimalSign: 'point', ...settings })

/** Nodes that named no timeliness took all for live without an outbox, and went by age with one. */
const namingTimeliness: Migration = (settings) => ({ timeliness: settings.outbox ? 'by-age' : 'post', ...settings })

/** Nodes of before look at no thing model. */
const checkingNoModel: Migration = (settings) => ({ modelCheck: 'off', ...settings })

/**
 * For each node type its migrations: the first leads from version 1 to 2, the next to 3, and so on. A change adds one
 * here, and is tested from a saved flow of the release before it; the dialog has its `settingsVersion` from here.
 */
const migrations: Readonly<Record<string, readonly Migration[]>> = {
  'enos-post-measurepoint': [valuesFromMessage('points'), refusingUnsendable, namingTimeliness, checkingNoModel],
  'enos-update-attribute': [refusingUnsendable, checkingNoModel],
  'enos-post-event': [refusingUnsendable, checkingNoModel],
  'thingplus-send-value': [valuesFromMessage('sensors'), refusingUnsendable],
}

export const migrationsOf = (type: string): readonly Migration[] => migrations[type] ?? []

/** The version of settings to which all these migrations lead. */
export const latestVersion = (steps: readonly Migration[]): number => firstVersion + steps.length

/** The settings in their latest form; those of a newer release of this package stay as they are. */
export function upToDate(settings: StoredSettings, steps: readonly Migration[]): StoredSettings {
  const version = Number(settings.settingsVersion ?? firstVersion)
  if (version > latestVersion(steps)) return settings
  const migrated = steps.slice(version - firstVersion).reduce((current, step) => step(current), settings)
  return { ...migrated, settingsVersion: latestVersion(steps) }
}
