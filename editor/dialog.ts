import type { Fields, NodeSettings, When } from '../lib/settings'
import type { Pick } from './choices'
import type { Import } from './table'

/** The name that Node-RED shows a node under, which every node has. */
export const nameField: NodeSettings['fields'][string] = { kind: 'text', name: 'name', value: '', icon: 'tag' }

/** A row that is no setting: a class, and what fills it when the dialog opens. */
export interface Place {
  place: string
  fill: (node: EditorNode) => void
}

/** Rows that come and go together. */
export interface Group<Name> {
  when?: When
  rows: readonly Row<Name>[]
}

/** A setting by its name, or another row. */
export type Row<Name = string> = Name | Place | Group<Name>

/** A node type's page: what the palette and the canvas show, and its dialog, from top to bottom. The name comes first in all. */
export interface Dialog<F extends Fields = Fields> {
  settings: NodeSettings<F>
  category: string
  color?: string
  icon?: string
  outputs?: number
  rows: readonly Row<keyof F & string>[]
  /** Settings that can be picked from a list of the cloud. */
  picks?: Partial<Readonly<Record<keyof F & string, Pick>>>
  /** Where the rows of a table can be imported from. */
  imports?: Partial<Readonly<Record<keyof F & string, (node: EditorNode) => readonly Import[]>>>
  /** What a configuration is called that has no name; flow nodes have it from their catalogue. */
  label?: (node: EditorNode) => string
}

type Content<F extends Fields> = Omit<Dialog<F>, 'settings' | 'category'>
type Look = { category: string } & Partial<Dialog>

/** Takes a dialog's names from its settings, and gives it to whoever knows nothing of them. */
const dialog =
  (look: Look) =>
  <F extends Fields>(settings: NodeSettings<F>, content: Content<F>): Dialog =>
    ({ ...look, settings, ...content }) as unknown as Dialog

export const configurationDialog = dialog({ category: 'config' })
export const enosDialog = dialog({ category: 'EnOS', color: '#A9D3DE', icon: 'enos.svg' })
/** The palette shows it as `palette.label.Thing_Plus` says: an id of HTML can have no plus sign. */
export const thingplusDialog = dialog({ category: 'Thing Plus', color: '#B9DDB0', icon: 'thingplus.svg' })
export const outboxDialog = dialog({ category: 'cloud', color: '#D9C8E8', icon: 'outbox.svg', outputs: 2 })
export const simulatorDialog = dialog({ category: 'cloud', color: '#E2D96E', icon: 'cloud-simulator.svg' })

export const isConfiguration = ({ category }: Dialog): boolean => category === 'config'

/** Whether its nodes keep the names of what was picked. */
export const hasNames = ({ picks = {} }: Dialog): boolean => Object.keys(picks).length > 0

/** All rows that are not groups, from top to bottom. */
export function plainRows(rows: readonly Row[]): (string | Place)[] {
  return rows.flatMap((row) => (typeof row === 'object' && 'rows' in row ? plainRows(row.rows) : [row]))
}

/** Names of the settings that decide which rows are shown. */
export function switchesOf({ settings, rows }: Dialog): string[] {
  const conditions = [...Object.values(settings.fields).map(({ when }) => when), ...whensOf(rows)]
  return [...new Set(conditions.flatMap((when) => Object.keys(when ?? {})))]
}

function whensOf(rows: readonly Row[]): (When | undefined)[] {
  return rows.flatMap((row) => (typeof row === 'object' && 'rows' in row ? [row.when, ...whensOf(row.rows)] : []))
}
