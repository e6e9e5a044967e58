import type { NodeAPI } from 'node-red'
import type { ConfigurationNode } from './configuration'
import { outboxFolders } from './outbox-folders'
import { runtimeState } from './runtime-state'

/** The outboxes of the deployed configurations, by key. */
export type OutboxClients<Client extends HasFolder = HasFolder> = Map<string, Client>

interface HasFolder {
  readonly folder: string
}

export function outboxClients<Client extends HasFolder>(RED: NodeAPI): OutboxClients<Client> {
  return runtimeState(RED, 'outbox clients', () => new Map<string, Client>())
}

/** Whether an outbox configuration other than that of `key` uses this folder, even a disabled one. */
export function isTakenByAnother(RED: NodeAPI, key: string, folder: string): boolean {
  const inFlows = typesInFlows(RED)
  for (const [id, type] of inFlows) if (type === 'cloud-outbox') makeClient(RED, id)
  const clients = outboxClients(RED)
  for (const [other, client] of clients) if (other !== key && client.folder === folder) return true
  return outboxFolders(RED)
    .havers(folder)
    .some((other) => other !== key && !clients.has(other) && isInFlows(other, inFlows))
}

/** The folders of configurations that are in no flow any more, and that no other configuration has. */
export function desertedFolders(RED: NodeAPI): ReadonlySet<string> {
  const inFlows = typesInFlows(RED)
  const [present, gone] = [new Set<string>(), new Set<string>()]
  for (const [key, folders] of outboxFolders(RED).all())
    for (const folder of folders) (isInFlows(key, inFlows) ? present : gone).add(folder)
  return new Set([...gone].filter((folder) => !present.has(folder) && !isTakenByAnother(RED, '', folder)))
}

/** Ids and types of all nodes, disabled ones too. */
function typesInFlows(RED: NodeAPI): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  RED.nodes?.eachNode(({ id, type }) => void types.set(id, type))
  return types
}

/** Whether the flows have the configuration of a key: its node, and where it is in a subflow, the instance as well. */
function isInFlows(key: string, inFlows: ReadonlyMap<string, string>): boolean {
  return key.split('/').every((id) => inFlows.has(id) || id === globalFlow)
}

/** Node-RED's name for the place of nodes that are on no tab. */
const globalFlow = 'global'

/** A configuration creates its client when that is first needed; but its folder has to be known now. */
function makeClient(RED: NodeAPI, id: string): void {
  try {
    ;(RED.nodes.getNode(id) as Partial<ConfigurationNode<unknown>> | null)?.client?.()
  } catch {
    // It cannot be used as it is, and has the folder that it had.
  }
}
