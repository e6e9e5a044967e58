import { TimePattern } from '../../lib/message/patterned-time'
import { zoneNamed } from '../../lib/message/zone'
import type { TextField } from '../../lib/settings'

/** Whether a text has the form that its field asks for: by what reads it in the runtime, so that both say the same. */
export const hasForm: Readonly<Record<NonNullable<TextField['form']>, (text: string) => boolean>> = {
  'time-pattern': (text) => TimePattern.of(text) !== undefined,
  'time-zone': (text) => zoneNamed(text) !== undefined,
}
