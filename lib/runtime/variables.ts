import type { Node, NodeAPI } from 'node-red'

/** What a variable of the environment stands for; `undefined` where it is not set. */
export type Variables = (name: string) => unknown

/** Whatever of the runtime has variables of its own: a group, a tab, a subflow, the global configuration. */
interface Scope {
  id?: string
  parent?: Scope
  getSetting?: (name: string) => unknown
  getGroupNode?: (id: string) => Scope | undefined
  /** Of a subflow: its nodes by the id that they have in the flow file. */
  node_map?: Readonly<Record<string, { id: string }>>
}

/** Where a node is in the editor, deployed or not. */
export interface Place {
  id?: unknown
  /** Its tab or subflow; empty for a configuration of all tabs. */
  z?: unknown
  /** Its group. */
  g?: unknown
}

/** As a running node sees them: those of its group, subflow and tab, the global ones, the process's. */
export function variablesOf(RED: NodeAPI, node: Node): Variables {
  return (name) => RED.util.getSetting(node, name) as unknown
}

/**
 * As the node of a dialog will see them once it is deployed. Variables that are themselves not deployed yet are not known;
 * inside of a subflow, those of its first instance count.
 */
export function variablesAt(RED: NodeAPI, { id, z, g }: Place): Variables {
  const node = typeof id === 'string' && id ? (RED.nodes.getNode(id) as Node | null) : null
  if (node) return variablesOf(RED, node)
  const scope = innermost(scopeAt(RED, z), g) ?? globalScope(RED)
  return (name) => (scope?.getSetting ? scope.getSetting(name) : process.env[name])
}

function innermost(scope: Scope | undefined, g: unknown): Scope | undefined {
  if (typeof g !== 'string' || !g) return scope
  return scope?.getGroupNode?.(scope.node_map?.[g]?.id ?? g) ?? scope
}

/** The tab, or the first instance of the subflow, with this id. */
function scopeAt(RED: NodeAPI, z: unknown): Scope | undefined {
  if (typeof z !== 'string' || !z) return undefined
  return (
    firstScope(RED, (definition) => definition.z === z && !definition.type.startsWith('subflow:')) ??
    firstScope(RED, ({ type }) => type === `subflow:${z}`) ??
    firstScope(RED, (definition) => definition.z === z)?.parent
  )
}

function globalScope(RED: NodeAPI): Scope | undefined {
  let scope = firstScope(RED, () => true)
  while (scope?.parent?.getSetting && scope.id !== 'global') scope = scope.parent
  return scope
}

/** That of the first running node like this: of a subflow's instance, the inside. */
function firstScope(RED: NodeAPI, fits: (definition: { z?: string; type: string }) => boolean): Scope | undefined {
  let found: Scope | undefined
  RED.nodes.eachNode((definition) => {
    if (found || !fits(definition)) return
    const running = RED.nodes.getNode(definition.id) as (Scope & { _flow?: Scope }) | null
    found = running?._flow ?? (running?.getSetting ? running : undefined)
  })
  return found
}
