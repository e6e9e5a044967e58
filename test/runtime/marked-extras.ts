import { join } from 'node:path'
import { outboxCommands } from '../../lib/settings'

/** A simulator node that works, and one whose seed file is broken beside its secrets. */
export function simulatorFlow(port: number, otherPort: number, seeds: string) {
  const place = { type: 'cloud-simulator', z: 'tab', x: 100, wires: [['shown']] }
  return {
    types: new Set([place.type]),
    messages: 0,
    nodes: [
      { ...place, y: 20, id: 'simulator', port, seed: join(seeds, 'good.json') },
      { ...place, y: 60, id: 'broken-simulator', port: otherPort, seed: join(seeds, 'broken.json') },
    ],
  }
}

/**
 * An outbox control for each command behind a button.
 * @param part `look` leaves everything as it is, `act` sends dead letters again and drops them
 */
export function controlFlow(part: string) {
  const type = 'cloud-outbox-control'
  const isActing = (command: string) => /-dead-letters$/.test(command)
  const commands = outboxCommands.filter((command) => isActing(command) === (part === 'act'))
  const place = { z: 'tab', x: 500, wires: [['shown']] }
  const control = (command: string, lane: string, index: number) => ({
    ...{ ...place, id: `${part}-${index}`, y: 20 * index, type, outbox: 'outbox' },
    ...{ command, commandType: 'str', lane, laneType: 'str' },
  })
  const controls = [...commands.map((command, index) => control(command, '', index)), control('figures', 'no such', 99)]
  const button = { z: 'tab', x: 100, y: 20, id: `${part}-press`, type: 'inject', props: [{ p: 'payload' }] }
  const wires = [controls.map(({ id }) => id)]
  return {
    types: new Set([type]),
    messages: controls.length,
    nodes: [...controls, { ...button, payload: '1', payloadType: 'num', wires }],
  }
}
