import { join } from 'node:path'
import type { NodeAPI } from 'node-red'
import { readBootId, say, systemClock } from '../core'
import { SessionFiles, SessionMemory } from '../enos'
import { translation } from './languages'
import { runtimeState } from './runtime-state'

/** Below Node-RED's user directory. */
const folderName = 'edgecourier-sessions'

/**
 * What is known of a device's logins: it outlives deployments, and with a user directory the process.
 * @param name of the device and its broker
 */
export function sessionMemory(RED: NodeAPI, name: string): SessionMemory {
  return runtimeState(
    RED,
    `enos-session ${name}`,
    () => new SessionMemory(systemClock, sessionFiles(RED)?.of(name), readBootId),
  )
}

function sessionFiles(RED: NodeAPI): SessionFiles | undefined {
  const { userDir } = RED.settings
  if (!userDir) return undefined
  const folder = join(userDir, folderName)
  return runtimeState(
    RED,
    'session files',
    () =>
      new SessionFiles(folder, (failure) => {
        const reason = (failure as { code?: unknown }).code ?? failure
        const text = say`The times of device logins cannot be saved in ${folder} (${String(reason)}): if Node-RED restarts again and again, it may log in more often than EnOS allows. Make the folder writable.`
        RED.log.warn(text.in(translation(RED)))
      }),
  )
}
