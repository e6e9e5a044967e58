import { ConnectorError } from '../http'
import { type Fault, idOf, idText, isBlank, payloadWithoutMarks, type ValueReport } from '../message'
import { say } from '../text'
import { requireVariables } from './environment'
import { asIs } from './parse'
import {
  type Evaluation,
  evaluateTypedInput,
  type InputType,
  input,
  onlyWhere,
  type Setting,
  type StoredSettings,
} from './settings'
import { timeFieldOf } from './time-settings'
import { valueReport } from './value-report'

/** One row of a dialog's table: a measurement point or sensor, and where its value comes from. */
export interface TableRow {
  id: string
  source: string
  sourceType: InputType
  /** What the thing model calls its type, where the row was imported: `DOUBLE`. */
  type?: string
}

export interface TableOptions {
  /** The setting that holds the rows. */
  rows: string
  /** Whether values of this type are numbers: then numeric text is sent as the number. */
  isNumberType: (type: string) => boolean
  /** What the table's values would be as a payload that names its time `time`. */
  payload: (values: Readonly<Record<string, unknown>>, time: unknown) => unknown
}

/** What there is to send, which member of it holds a time, and what of it can't be sent. */
export interface Incoming {
  payload: unknown
  timeField: string
  report: ValueReport
}

const isTable = (stored: StoredSettings) => stored.valuesFrom === 'table'

/**
 * The rows by which a node gets its values: `valuesFrom` (message or table); `values` and `timeField` for those of the
 * message; the table, and its `time`, for those of the table. A flow from before the table has no `valuesFrom`.
 * @throws ConnectorError `CONFIG_*` for a row that cannot be used, `INPUT_EMPTY` where no row has a value in this message,
 *   `INPUT_INVALID` for a text that is no number
 */
export function valuesOrTable(options: TableOptions): Setting<Incoming> {
  const ofMessage = input({ type: 'msg', value: 'payload', stored: 'values', parse: asIs })
  const reportOf = valueReport()
  return {
    evaluate(evaluation) {
      const { stored } = evaluation
      const report = reportOf.evaluate(evaluation) as ValueReport
      if (isTable(stored)) return incomingOfTable(options, report, evaluation)
      const timeField = timeFieldOf(stored)
      const payload = ofMessage.evaluate(evaluation)
      return payload instanceof Promise
        ? payload.then((known) => ({ payload: known, timeField, report }))
        : { payload, timeField, report }
    },
  }
}

async function incomingOfTable(
  { rows, isNumberType, payload }: TableOptions,
  report: ValueReport,
  given: Evaluation,
): Promise<Incoming> {
  const markless = payloadWithoutMarks(given.msg.payload)
  const evaluation = markless === given.msg.payload ? given : { ...given, msg: { ...given.msg, payload: markless } }
  const values = await tableValues(rowsOf(evaluation.stored[rows]), isNumberType, report, evaluation)
  return { payload: payload(values, await tableTime(evaluation)), timeField: 'time', report }
}

/** A setting that the table does without. */
export function unlessTable<T>(setting: Setting<T>): Setting<T | undefined> {
  return onlyWhere((stored) => !isTable(stored), setting)
}

/**
 * `undefined` for the time when the message came in, which is what the dialog's "timestamp" means here.
 * @throws ConnectorError `INPUT_TIME_INVALID` where it is to come from somewhere that has none
 */
async function tableTime(evaluation: Evaluation): Promise<unknown> {
  const { time, timeType = 'date' } = evaluation.stored
  const row = { id: 'time', source: String(time ?? ''), sourceType: timeType as InputType }
  if (row.sourceType === 'date' || row.source === '') return undefined
  const found = await valueOfRow(row, evaluation)
  if (!isBlank(found)) return found
  throw new ConnectorError(
    'INPUT_TIME_INVALID',
    say`There is no time in ${sourceName(row)}, from which the table takes it. Send it, or choose another source for the time in the node.`,
  )
}

/** @throws ConnectorError `CONFIG_INCOMPLETE`, `CONFIG_INVALID`, `CONFIG_ENV_UNSET` naming the row */
function rowsOf(stored: unknown): TableRow[] {
  const rows = (Array.isArray(stored) ? stored : []) as Partial<TableRow>[]
  if (rows.length === 0) {
    throw new ConnectorError('CONFIG_INCOMPLETE', say`The table has no rows. Open the node and add or import some.`)
  }
  const seen = new Set<string>()
  return rows.map(({ id: storedId, source, sourceType = 'msg', type }, index) => {
    if (isBlank(storedId))
      throw new ConnectorError('CONFIG_INCOMPLETE', say`Row ${index + 1} of the table has no id. Enter one.`)
    const id = idText(idOf(storedId, say`The id in row ${index + 1} of the table`, 'CONFIG_INVALID'))
    requireVariables(id, say`Row "${id}" of the table`, 'id')
    if (seen.has(id)) {
      throw new ConnectorError('CONFIG_INVALID', say`Two rows of the table have the id "${id}". Remove one of them.`)
    }
    seen.add(id)
    const row = { id, source: String(source ?? ''), sourceType, ...(type ? { type } : {}) }
    requireVariables(row.source, say`Row "${id}" of the table`, 'source')
    if (row.source || sourceType === 'str') return row
    throw new ConnectorError('CONFIG_INCOMPLETE', say`Row "${id}" of the table has no source. Enter one.`)
  })
}

/** A row whose source is missing in this message is left out: a reader that got some registers delivers these. */
async function tableValues(
  rows: readonly TableRow[],
  isNumberType: TableOptions['isNumberType'],
  report: ValueReport,
  evaluation: Evaluation,
): Promise<Readonly<Record<string, unknown>>> {
  const values: [id: string, value: unknown][] = []
  for (const row of rows) {
    const value = await valueOfRow(row, evaluation)
    if (isBlank(value)) continue
    if (typeof value !== 'string' || row.type === undefined || !isNumberType(row.type)) values.push([row.id, value])
    else {
      const number = numberOf(value)
      if (number !== undefined) values.push([row.id, number])
      else report.reject({ point: row.id }, numberFault(value, row.type), say`Row "${row.id}" of the table`)
    }
  }
  if (values.length > 0) return Object.fromEntries(values)
  if (report.first) throw report.first
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

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Serial lines and Modbus gateways bring numbers as text. */
function numberOf(text: string): number | undefined {
  const trimmed = text.trim()
  const number = Number(trimmed)
  return numberPattern.test(trimmed) && Number.isFinite(number) ? number : undefined
}

function numberFault(text: string, type: string): Fault {
  return {
    code: 'INPUT_INVALID',
    text: say`"${text.slice(0, 40)}" is not a number, and the point is of type ${type}.`,
  }
}

function sourceName({ source, sourceType }: TableRow): string {
  if (sourceType === 'jsonata') return `JSONata ${source.slice(0, 40)}`
  return sourceType === 'msg' || sourceType === 'flow' || sourceType === 'global' ? `${sourceType}.${source}` : source
}
