import { pickedLabel } from '../choices/picked-label'

// How every flow node of the package names itself and its ports, from its own catalogue. Node-RED calls these with the node
// as `this`; the palette's label with the node's definition.

export const paletteLabel = (node: EditorNode): string => node._('node.label')
export function nodeLabel(node: EditorNode): string {
  if (node.name) return node.name
  const picked = pickedLabel(node)
  return picked === undefined ? node._('node.label') : `${node._('node.label')}: ${picked}`
}
export const labelStyle = (node: EditorNode): string => (node.name ? 'node_label_italic' : '')
export const inputLabel = (node: EditorNode): string => node._('node.input')
export const outputLabel = (node: EditorNode, index: number): string =>
  index === 0 ? node._('node.output') : node._('node.deadLetter')

/** Where there is but one configuration to choose, a new node has it chosen. */
export function chooseOnlyOnes(node: EditorNode): void {
  for (const row of ['app', 'device', 'client']) {
    const type = node._def.defaults[row]?.type
    if (!type || node[row]) continue
    const [only, ...others] = configurationsOf(type)
    if (only !== undefined && others.length === 0) node[row] = only
  }
}

/** Ids of all configurations of a type that the editor knows. */
export function configurationsOf(type: string): string[] {
  const ids: string[] = []
  RED.nodes.eachConfig((configuration) => {
    if (configuration.type === type) ids.push(configuration.id)
    return true
  })
  return ids
}
