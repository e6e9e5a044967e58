import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Simulator, type SimulatorSettings, startSimulator as startOn } from '../lib/simulator'

/** Below the ports that systems give to connections, so that none comes in between. */
const lowest = 20_000
const highest = 32_000
const had = new Set<number>()

/**
 * A port that nothing listens on, and that this process has not had before: what a client remembers of one server, such as a
 * session, is never met by another.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (had.has(port)) continue
    had.add(port)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  const failure = await Promise.race([once(probe, 'listening').then(() => undefined), once(probe, 'error')])
  if (failure) return false
  probe.close()
  await once(probe, 'close')
  return true
}

/** A simulator on a port that no other of this process had. */
export async function startSimulator(settings: SimulatorSettings = {}): Promise<Simulator> {
  return startOn({ ...settings, port: settings.port || (await freePort()) })
}
