import { resolve } from 'node:path'
import { configurationNode, OutboxClient, serveOutbox } from '../lib/runtime'
import { settings } from './settings/cloud-outbox'

const { fields } = settings
const megabyte = 1024 * 1024
const hour = 3_600_000

export = configurationNode<OutboxClient>(settings, {
  test: (client) => client.checkDisk(),
  create: ({ RED, text, number, oneOf, key, warn, error }) =>
    new OutboxClient(
      RED,
      {
        folder: resolve(RED.settings.userDir ?? '.', text('folder') || fields.folder.placeholder || ''),
        maxBytes: number(fields.maxMegabytes) * megabyte,
        freeFloorBytes: scaled(number(fields.freeFloorMegabytes), megabyte),
        maxAgeMs: scaled(number(fields.maxAgeHours), hour),
        whenFull: oneOf(fields.whenFull),
        whenDeadFull: oneOf(fields.whenDeadFull),
      },
      { key, warn, error },
    ),
  serve: serveOutbox,
})

function scaled(number: number | undefined, unit: number): number | undefined {
  return number === undefined ? undefined : number * unit
}
