import type { NodeAPI } from 'node-red'
import type { ConfigurationNode } from './configuration-node'
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

/** Whether an outbox configuration other than that of `key` has this folder: a disabled one too. */
export function isTakenByAnother(RED: NodeAPI, key: string, folder: string): boolean {
  const ids = idsInFlows(RED)
  for (const id of ids) makeClient(RED, id)
  const clients = outboxClients(RED)
  for (const [other, client] of clients) if (other !== key && client.folder === folder) return true
  return outboxFolders(RED)
    .havers(folder)
    .some((other) => other !== key && !clients.has(other) && ids.has(other.slice(other.lastIndexOf('/') + 1)))
}

function idsInFlows(RED: NodeAPI): ReadonlySet<string> {
  const ids = new Set<string>()
  RED.nodes?.eachNode(({ id, type }) => {
    if (type === 'cloud-outbox') ids.add(id)
  })
  return ids
}

/** A configuration makes its client when that is first needed; what folder it has is needed now. */
function makeClient(RED: NodeAPI, id: string): void {
  try {
    ;(RED.nodes.getNode(id) as Partial<ConfigurationNode<unknown>> | null)?.client?.()
  } catch {
    // It cannot be used as it is, and has the folder that it had.
  }
}
