import { ask } from './ask'

const ownModule = '@edgecourier/node-red-enos-thingplus'

const isLocked = ({ z }: EditorNode) => Boolean((RED.nodes.workspace(z) ?? RED.nodes.subflow(z))?.locked)
const settingsOf = (node: EditorNode) =>
  Object.fromEntries(Object.keys(node._def.defaults).map((name) => [name, node[name]]))
const asText = (node: EditorNode) => JSON.stringify(settingsOf(node))

/** Has the runtime bring nodes of older flows up to date that are loaded or imported. */
export function bringOldNodesUpToDate(): void {
  /** Those that were just loaded or imported, by their type. */
  const outdated = new Map<string, EditorNode[]>()
  const bringUpToDate = () => {
    for (const [type, found] of outdated) {
      const nodes = found.filter((node) => !isLocked(node))
      if (nodes.length > 0) bringAllUpToDate(type, nodes, checkVersion)
    }
    outdated.clear()
  }
  const checkVersion = (node: EditorNode) => {
    const current = node._def?.defaults?.settingsVersion?.value
    const isOurs = node._def?.set?.module === ownModule
    if (!isOurs || node.settingsVersion === current) return
    if (outdated.size === 0) setTimeout(bringUpToDate)
    outdated.set(node.type, [...(outdated.get(node.type) ?? []), node])
  }
  RED.events.on('nodes:add', checkVersion)
  // The nodes of a locked tab may not be changed; they follow when it is unlocked.
  RED.events.on('flows:change', ({ id, locked }) => {
    if (!locked) for (const node of RED.nodes.filterNodes({ z: id })) checkVersion(node)
  })
}

/** Where it cannot be asked they stay as they are, and the next load asks again. */
async function bringAllUpToDate(
  type: string,
  nodes: readonly EditorNode[],
  again: (node: EditorNode) => void,
): Promise<void> {
  const asked = nodes.map(asText)
  const data = { nodes: nodes.map(settingsOf) }
  const answer = await ask<{ nodes: object[] }>({ url: `edgecourier/settings/${type}`, data, noAnswer: '' }).catch(
    () => undefined,
  )
  if (!answer) return
  for (const [index, node] of nodes.entries()) {
    if (isLocked(node)) continue
    // What its user changed meanwhile is not what was asked about.
    if (asText(node) !== asked[index]) again(node)
    else {
      Object.assign(node, answer.nodes[index])
      RED.editor.validateNode(node)
    }
  }
}
