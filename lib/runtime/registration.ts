import type { Node, NodeAPI, NodeDef } from 'node-red'
import { isJsonObject } from '../core'
import { migrationsOf, upToDate } from '../settings'
import { adminPost } from './admin'

/**
 * Registers a node type whose settings are brought up to date when a node is made. The editor has it done for the nodes
 * of older flows by `POST edgecourier/settings/{type}`: `{ nodes }`, which are answered in their latest form.
 */
export function registerNode<N extends Node>(
  RED: NodeAPI,
  type: string,
  construct: (this: N, stored: NodeDef) => void,
  options?: { credentials: Record<string, { type: 'password' }> },
): void {
  const steps = migrationsOf(type)
  function constructUpToDate(this: N, stored: NodeDef): void {
    const latest = upToDate({ ...stored }, steps)
    // In place, because Node-RED keeps more in it than can be seen; it is a copy made for this node.
    for (const name of Object.keys(stored)) if (!(name in latest)) Reflect.deleteProperty(stored, name)
    construct.call(this, Object.assign(stored, latest))
  }
  RED.nodes.registerType(type, constructUpToDate, options)
  adminPost(RED, `/settings/${type}`, 'flows.read', async ({ nodes }) => ({
    nodes: (Array.isArray(nodes) ? nodes : []).filter(isJsonObject).map((settings) => upToDate(settings, steps)),
  }))
}
