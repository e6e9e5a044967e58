import { holds, type TableField } from '../../lib/settings'
import { text } from '../shared/texts'

/** A row of a dialog's table, as a node keeps it. */
export interface Row {
  id: string
  source: string
  sourceType: string
  /** What people call it, where the row was imported. */
  name?: string
  /** What the thing model calls its type and unit, and its range, where the row was imported. */
  type?: string
  unit?: string
  minimum?: number
  maximum?: number
}

/** Something that can be imported. */
export interface Item extends Pick<Row, 'id' | 'name' | 'type' | 'unit' | 'minimum' | 'maximum'> {
  /** Where in a message its value is; where it usually is when left out. */
  source?: string
}

/** Where a message is likely to hold what belongs to an id. */
export function usualSource(id: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(id)) return `payload.${id}`
  return id.includes('"') ? `payload['${id}']` : `payload["${id}"]`
}

/** Why a row cannot be used; nothing where it can. */
export function reasonOf({ id, source, sourceType }: Row, rows: readonly Row[]): string | undefined {
  if (!id) return text('table.reason.idMissing')
  if (rows.filter((row) => row.id === id).length > 1) return text('table.reason.idTwice', { id })
  if (!source && sourceType !== 'str') return text('table.reason.sourceMissing', { id })
  return undefined
}

/** Whether a node can use its rows: true, or the first reason. */
export function validateRows(value: unknown, { when }: TableField, node: EditorNode): true | string {
  if (!holds(when, node)) return true
  const rows = (value ?? []) as readonly Row[]
  if (rows.length === 0) return text('table.reason.noRows')
  return rows.map((row) => reasonOf(row, rows)).find(Boolean) ?? true
}
