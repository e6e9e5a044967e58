import type { ChoiceList, ListRequest, Pick } from '../choices'
import type { Kind } from '../table/row'

/** A way from a dialog to a cloud. */
export interface Way {
  /** The dialog's field that chooses the configuration. */
  field: string
  /** The configuration's type. */
  type: 'enos-app' | 'enos-device' | 'thingplus-client'
  /** What else the dialog is set to. */
  sets: Readonly<Record<string, string>>
  /** Fields that are picked one after the other. */
  targets: readonly { name: string; pick: Pick }[]
}

/** How a node gets from an empty dialog to a value that its cloud has accepted. */
export interface SetUpPlan {
  /** The first is the one for the simulator. */
  ways: readonly [Way, ...Way[]]
  /** What the node sends, where a list has it. */
  points?: PointsPlan
}

export interface PointsPlan {
  list: ChoiceList
  request: (node: EditorNode) => ListRequest
  /** The field for a single one, and the table for several. */
  one: string
  table: Kind
  /** Fields that a trial has to know. */
  trialFields: readonly string[]
}
