import { resolve } from 'node:path'
import { configurationNode, OutboxClient, serveOutbox } from '../lib/runtime'

const megabyte = 1024 * 1024
const hour = 3_600_000

export = configurationNode<OutboxClient>('cloud-outbox', {
  credentials: [],
  test: (client) => client.checkDisk(),
  create: ({ RED, text, optionalNumber, oneOf, key, warn, error }) =>
    new OutboxClient(
      RED,
      {
        folder: resolve(RED.settings.userDir ?? '.', text('folder') || 'cloud-outbox'),
        maxBytes: (optionalNumber('maxMegabytes') ?? 1024) * megabyte,
        freeFloorBytes: scaled(optionalNumber('freeFloorMegabytes'), megabyte),
        maxAgeMs: scaled(optionalNumber('maxAgeHours'), hour),
        whenFull: oneOf<'refuse' | 'evict-oldest'>('whenFull', ['refuse', 'evict-oldest']),
        whenDeadFull: oneOf<'keep' | 'evict-oldest'>('whenDeadFull', ['keep', 'evict-oldest']),
      },
      { key, warn, error },
    ),
  serve: serveOutbox,
})

function scaled(number: number | undefined, unit: number): number | undefined {
  return number === undefined ? undefined : number * unit
}
