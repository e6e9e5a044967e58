/** What was picked for a setting: its id, and what people call it. The name counts as long as the setting has that id. */
export interface PickedName {
  id: string
  name: string
}

const mostShownOfId = 24

/** The names that a node keeps, by the settings that hold the ids. */
export const namesOf = ({ pickedNames }: EditorNode) =>
  (pickedNames ?? {}) as Readonly<Record<string, PickedName | undefined>>

interface NamedRow {
  id: string
  name?: string
}

/**
 * What a node is about, with its id: the last of what was picked for it, or the only row of its table; nothing where no name is
 * known.
 */
export function pickedLabel(node: EditorNode): string | undefined {
  const rows = node['valuesFrom'] === 'table' ? (node['points'] ?? node['sensors'] ?? []) : []
  const [row, ...others] = rows as readonly NamedRow[]
  if (row?.name && others.length === 0) return labelOf({ id: row.id, name: row.name })
  const holding = Object.entries(namesOf(node)).flatMap(([setting, picked]) => {
    const isFixed = (node[`${setting}Type`] ?? 'str') === 'str'
    return picked && isFixed && node[setting] === picked.id ? [picked] : []
  })
  const last = holding.at(-1)
  return last && labelOf(last)
}

function labelOf({ id, name }: PickedName): string {
  const half = mostShownOfId / 2
  const short = id.length > mostShownOfId ? `${id.slice(0, half - 1)}…${id.slice(-half)}` : id
  return name === id ? short : `${name} · ${short}`
}
