import { holds } from '../../lib/settings'
import { addPick, pickedLabel, shownNames } from '../choices'
import { type Dialog, hasNames, isConfiguration, nameField, plainRows, switchesOf } from '../dialog'
import { takePasted } from '../pasting/take'
import { showTable, tableRows } from '../table'
import type { Kind } from '../table/row'
import type { Row } from '../table/rows'
import { offerTimeZones, showDefaults, switchRows } from './rows'
import { typeInput } from './typed-inputs'
import { asEdited, type Validator, validatorOf } from './validators'

/** What a page gives `registerType`. */
export interface Page {
  /** The validator of a setting. */
  check(name: string): Validator
  /** Brings the rows to life when the dialog opens. */
  prepare(node: EditorNode): void
  /** Takes out of the dialog what Node-RED does not take itself. */
  save(node: EditorNode): void
  /** What a configuration is called. */
  label(node: EditorNode): string
}

export function pageOf(dialog: Dialog): Page {
  const { settings, rows, picks = {}, imports = {}, label } = dialog
  const fields = Object.values(settings.fields)
  const tables = fields.flatMap(({ kind, name }) => (kind === 'table' ? [name as Kind] : []))
  return {
    check(name) {
      const field = settings.fields[name]
      if (!field) throw new Error(`${settings.type} has no setting ${name}`)
      return validatorOf(field)
    },
    prepare(node) {
      showDefaults(fields, isConfiguration(dialog) ? 'node-config-input' : 'node-input', node)
      for (const field of fields) if (field.kind === 'typed') typeInput(node, field)
      for (const [name, pick] of Object.entries(picks)) if (pick) addPick(node, name, pick)
      for (const kind of tables)
        showTable(kind, (node[kind] ?? []) as readonly Partial<Row>[], imports[kind]?.(node) ?? [])
      for (const name of switchesOf(dialog)) switchRows(name)
      if (!isConfiguration(dialog) && settings.fields['timeZone']) offerTimeZones()
      for (const row of plainRows(rows)) if (typeof row === 'object') row.fill(node)
      takePasted(node, [nameField, ...plainRows(rows).flatMap((row) => settings.fields[String(row)] ?? [])])
    },
    save(node) {
      for (const kind of tables) node[kind] = tableRows(kind)
      const counting = Object.keys(picks).filter((name) => holds(settings.fields[name]?.when, asEdited(node)))
      if (hasNames(dialog)) node['pickedNames'] = shownNames(node, counting)
    },
    label: (node) => node.name || pickedLabel(node) || label?.(node) || settings.type,
  }
}
