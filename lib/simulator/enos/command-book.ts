import { randomUUID } from 'node:crypto'
import type { Fields } from '../checked-input'
import type { Device } from './registry'

/** `state` of a command (docs/protocol/enos.md §10.1). */
export const commandStates = { created: 1, cancelled: 2, expired: 3, timedOut: 7 } as const

export interface Command {
  commandId: string
  device: Device
  kind: 'point' | 'service'
  /** Of the point or the service. */
  identifier: string
  input: unknown
  state: number
  timeoutSeconds: number
  pendingSeconds: number
  createdMs: number
}

const mostKept = 10_000

/** The commands that were given to devices, the latest ones. Nothing takes them out: no device is told of them. */
export class CommandBook {
  readonly #commands = new Map<string, Command>()

  add(command: Omit<Command, 'commandId'>): Command {
    const added = { ...command, commandId: randomUUID() }
    this.#commands.set(added.commandId, added)
    const [oldest] = this.#commands.keys()
    if (this.#commands.size > mostKept && oldest !== undefined) this.#commands.delete(oldest)
    return added
  }

  /** Oldest first, those of devices that a test lets pass. */
  all(nowMs: number, isWanted: (device: Device) => boolean): Command[] {
    return [...this.#commands.values()]
      .filter(({ device }) => isWanted(device))
      .map((command) => {
        const isOver = nowMs >= command.createdMs + command.pendingSeconds * 1000
        if (command.state === commandStates.created && isOver) command.state = commandStates.expired
        return command
      })
  }
}

/** A command as the connection service answers it. */
export function commandStruct(command: Command): Fields {
  const { device, identifier, kind } = command
  return {
    commandId: command.commandId,
    commandType: kind === 'point' ? 1 : 2,
    commandName: { defaultValue: identifier, i18nValue: {} },
    assetId: device.assetId,
    productKey: device.productKey,
    deviceKey: device.deviceKey,
    state: command.state,
    tslIdentifier: identifier,
    inputData: command.input,
    outputData: null,
    timeout: command.timeoutSeconds,
    pendingTtl: command.pendingSeconds,
    createTime: command.createdMs,
  }
}
