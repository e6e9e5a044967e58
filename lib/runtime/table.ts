import { ConnectorError, say } from '../core'
import { idOf, idText, isBlank, namesIn, numbersAmong, payloadWithoutMarks, type ValueReport } from '../message'
import { messageOrTable } from '../settings'
import { requireVariables } from './environment'
import { asIs } from './parse'
import { chosenWord, type Evaluation, evaluateTypedInput, type InputType, input, type Setting } from './settings'
import { timeFieldOf } from './time-settings'
import { valueReport } from './value-report'

/** One row of a dialog's table: a measurement point or sensor, and where its value comes from. */
export interface TableRow {
  id: string
  source: string
  sourceType: InputType
  /** What the thing model calls its type, where the row was imported: `DOUBLE`. */
  type?: string
  /** The range that the thing model's file allows. */
  minimum?: number
  maximum?: number
}

/** What the rows of a table say of their points or sensors, by id. */
export type RowTypes = ReadonlyMap<string, Pick<TableRow, 'minimum' | 'maximum'> & { dataType: string }>

export interface TableOptions {
  /** The setting that holds the rows. */
  rows: string
  /** Whether a blank text is a value of this type. */
  isTextType: (type: string) => boolean
  /** Members of a payload that name whose values it holds. */
  names: readonly string[]
  /**
   * What the table's values would be as a payload that names its time `time`.
   * @param named the members of the message's payload that name whose it is, as far as no row takes them for a value
   */
  payload: (
    values: Readonly<Record<string, unknown>>,
    time: unknown,
    named: Readonly<Record<string, unknown>>,
  ) => unknown
}

/** What there is to send, which member of it holds a time, and what of it can't be sent. */
export interface Incoming {
  payload: unknown
  timeField: string
  report: ValueReport
  /** Of the rows of a table. */
  types: RowTypes
  /** Rows of a table that was written by hand, whose ids are numbers there. */
  numbered?: ReadonlySet<string> | undefined
}

const noTypes: RowTypes = new Map()

/**
 * The settings `messageOrTable`, by which a node gets its values. A flow from before the table has no `valuesFrom`.
 * @throws ConnectorError `CONFIG_*` for a row that cannot be used, `INPUT_EMPTY` where no row has a value in this message
 */
export function valuesOrTable(options: TableOptions): Setting<Incoming> {
  const { valuesFrom, values } = messageOrTable
  const ofMessage = input(values, asIs)
  const reportOf = valueReport()
  return {
    evaluate(evaluation) {
      const { stored } = evaluation
      const report = reportOf.evaluate(evaluation) as ValueReport
      if (chosenWord(valuesFrom, evaluation) === 'table') return incomingOfTable(options, report, evaluation)
      const timeField = timeFieldOf(stored)
      const payload = ofMessage.evaluate(evaluation)
      return payload instanceof Promise
        ? payload.then((known) => ({ payload: known, timeField, report, types: noTypes }))
        : { payload, timeField, report, types: noTypes }
    },
  }
}

async function incomingOfTable(
  { rows: name, isTextType, names, payload }: TableOptions,
  report: ValueReport,
  given: Evaluation,
): Promise<Incoming> {
  const markless = payloadWithoutMarks(given.msg.payload)
  const evaluation = markless === given.msg.payload ? given : { ...given, msg: { ...given.msg, payload: markless } }
  const rows = rowsOf(evaluation.stored[name])
  const values = await tableValues(rows, isTextType, evaluation)
  const taken = new Set(rows.flatMap(({ source, sourceType }) => (sourceType === 'msg' ? source : [])))
  const named = namesIn(
    markless,
    names.filter((member) => !taken.has(`payload.${member}`)),
  )
  const sent = payload(values, await tableTime(evaluation), named)
  const numbered = numbersAmong((evaluation.stored[name] as { id?: unknown }[]).map(({ id }) => id))
  return { payload: sent, timeField: 'time', report, types: typesOf(rows), numbered }
}

function typesOf(rows: readonly TableRow[]): RowTypes {
  const typed = rows.filter(({ type }) => type !== undefined)
  return new Map(
    typed.map(({ id, type = '', minimum, maximum }) => [id, { dataType: type, ...bounds({ minimum, maximum }) }]),
  )
}

/** Only those that there are. */
function bounds({ minimum, maximum }: { minimum?: unknown; maximum?: unknown }): {
  minimum?: number
  maximum?: number
} {
  return {
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
  }
}

/**
 * `undefined` for the time when the message came in, which is what the dialog's "timestamp" means here.
 * @throws ConnectorError `INPUT_TIME_INVALID` where it is to come from somewhere that has none
 */
async function tableTime(evaluation: Evaluation): Promise<unknown> {
  const { time, timeType = messageOrTable.time.types[0] } = evaluation.stored
  const row = { id: 'time', source: String(time ?? ''), sourceType: timeType as InputType }
  if (row.sourceType === 'date' || row.source === '') return undefined
  const found = await valueOfRow(row, evaluation)
  if (!isBlank(found)) return found
  throw new ConnectorError(
    'INPUT_TIME_INVALID',
    say`There is no time in ${sourceName(row)}, where the table expects it. Send it there, or choose another source for the time in the node.`,
  )
}

/** @throws ConnectorError `CONFIG_INCOMPLETE`, `CONFIG_INVALID`, `CONFIG_ENV_UNSET` naming the row */
function rowsOf(stored: unknown): TableRow[] {
  const rows = (Array.isArray(stored) ? stored : []) as Partial<TableRow>[]
  if (rows.length === 0) {
    throw new ConnectorError('CONFIG_INCOMPLETE', say`The table has no rows. Open the node and add or import some.`)
  }
  const seen = new Set<string>()
  return rows.map(({ id: storedId, source, sourceType = 'msg', type, minimum, maximum }, index) => {
    if (isBlank(storedId))
      throw new ConnectorError('CONFIG_INCOMPLETE', say`Row ${index + 1} of the table has no id. Enter one.`)
    const id = idText(idOf(storedId, say`The id in row ${index + 1} of the table`, 'CONFIG_INVALID'))
    requireVariables(id, say`Row "${id}" of the table`, say`id`)
    if (seen.has(id)) {
      throw new ConnectorError('CONFIG_INVALID', say`Two rows of the table have the id "${id}". Remove one of them.`)
    }
    seen.add(id)
    const row = {
      id,
      source: String(source ?? ''),
      sourceType,
      ...(type ? { type } : {}),
      ...bounds({ minimum, maximum }),
    }
    requireVariables(row.source, say`Row "${id}" of the table`, say`Value from`)
    if (row.source || sourceType === 'str') return row
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      say`Row "${id}" of the table has nothing under "Value from". Enter where its value comes from.`,
    )
  })
}

/** A row whose source is missing in this message is left out: a reader that got some registers delivers these. */
async function tableValues(
  rows: readonly TableRow[],
  isTextType: TableOptions['isTextType'],
  evaluation: Evaluation,
): Promise<Readonly<Record<string, unknown>>> {
  const values: [id: string, value: unknown][] = []
  for (const row of rows) {
    const value = await valueOfRow(row, evaluation)
    const isText = typeof value === 'string' && row.type !== undefined && isTextType(row.type)
    if (isText || !isBlank(value)) values.push([row.id, value])
  }
  if (values.length > 0) return Object.fromEntries(values)
  const sources = [...new Set(rows.map(sourceName))]
  const first = sources.slice(0, 5).join(', ')
  const named = sources.length > 5 ? say`${first} and ${sources.length - 5} more` : first
  throw new ConnectorError('INPUT_EMPTY', say`The message holds none of the values that the table asks for: ${named}.`)
}

async function valueOfRow({ id, source, sourceType }: TableRow, evaluation: Evaluation): Promise<unknown> {
  if (sourceType === 'msg' && isBelowNothing(evaluation, source)) return undefined
  const value = await evaluateTypedInput(evaluation, source, sourceType, id)
  return sourceType === 'env' && value === '' ? undefined : value
}

/** Node-RED has an error for `payload.motor.speed` where the message has no motor; here it is a value that is missing. */
function isBelowNothing({ RED, msg }: Evaluation, source: string): boolean {
  try {
    RED.util.getMessageProperty(msg, source)
    return false
  } catch (failure) {
    return failure instanceof TypeError
  }
}

function sourceName({ source, sourceType }: TableRow): string {
  if (sourceType === 'jsonata') return `JSONata ${source.slice(0, 40)}`
  return sourceType === 'msg' || sourceType === 'flow' || sourceType === 'global' ? `${sourceType}.${source}` : source
}
