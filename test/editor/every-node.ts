import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configurations } from '../nodes/enos'
import { configuration } from '../nodes/thingplus'
import { freePort } from '../ports'
import { packageRoot } from '../runtime/packed-package'

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
const types = Object.keys(manifest['node-red'].nodes)

const configurationIds: Readonly<Record<string, string>> = {
  'enos-app': 'app',
  'enos-device': 'device',
  'thingplus-client': 'client',
  'cloud-outbox': 'outbox',
}

/** Every dialog of the package: the node to edit, and its type where it is a configuration node. */
export const dialogs: readonly { type: string; edit: [id: string, configurationType?: string] }[] = types.map(
  (type) => {
    const id = configurationIds[type]
    return { type, edit: id === undefined ? [type] : [id, type] }
  },
)

/** A tab with one node of every type, fresh as from the palette, and the configurations for a simulator. */
export async function everyNode(
  simulatorUrl: string,
  credentials: Readonly<Record<string, object>>,
): Promise<object[]> {
  const port = String(await freePort())
  const configured = [...configurations(simulatorUrl), configuration(simulatorUrl)]
  return [
    { id: 'tab', type: 'tab', label: 'plant' },
    ...configured.map((node) => ({ ...node, credentials: credentials[node.id] })),
    { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' },
    ...types
      .filter((type) => !(type in configurationIds))
      .map((type, index) => ({ id: type, type, z: 'tab', name: '', x: 200, y: 60 * (index + 1), wires: [[]] })),
  ].map((node) => (node.id === 'cloud-simulator' ? { ...node, port, seed: '' } : node))
}
