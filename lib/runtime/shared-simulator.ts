import type { NodeAPI } from 'node-red'
import { ConnectorError, Shared, say, type Use } from '../core'
import { isIn, type NumberField } from '../settings'
import {
  demoGateway,
  parseSeedText,
  type RequestRecord,
  readSeedFile,
  type Seed,
  type Simulator,
  startSimulator,
} from '../simulator'
import type { Resolved } from './environment'
import { runtimeState } from './runtime-state'

/** One simulator for all nodes on the same port. It outlives a deployment, so that what it received stays to be seen. */
interface SharedSimulator {
  started: Promise<Simulator>
  /** Its seed as text: another seed asks for another simulator. */
  seed: string
  listeners: Set<SimulatorListener>
}

/** What a node is told by the simulator that it has joined. */
export interface SimulatorListener {
  onRequest: (request: RequestRecord) => void
  onReset: () => void
}

/** How long a simulator waits for a node of the next deployment. */
const afterlifeMs = 3_000

/**
 * Joins the simulator on the port that these settings name, or starts it.
 * @param listener is told of each request, and when the simulator has been brought back to its seed
 * @throws ConnectorError `CONFIG_INVALID`, `CONFIG_ENV_UNSET`, `PORT_IN_USE`
 */
export async function join(
  RED: NodeAPI,
  portField: NumberField,
  { values: stored, unset }: Resolved,
  listener: SimulatorListener,
): Promise<{ simulator: Simulator; leave: () => void }> {
  if (unset) throw unset
  const port = Number(stored.port || portField.value)
  if (!isIn(portField.range, port)) {
    throw new ConnectorError('CONFIG_INVALID', say`The simulator needs a port from 1 to 65535.`)
  }
  const seed = String(stored.seed ?? '')
  const { thing, release } = sharedOn(RED, port, seed)
  thing.listeners.add(listener)
  const leave = () => {
    thing.listeners.delete(listener)
    release()
  }
  try {
    return { simulator: await thing.started, leave }
  } catch (failure) {
    leave()
    throw failure
  }
}

/** Ports on which one is started for whoever has none, first come, first served. */
const ownPorts = Array.from({ length: 10 }, (_, index) => 1881 + index)

/**
 * Joins a simulator that runs with the demo data, be it a node's or not, or starts one.
 * @throws ConnectorError `PORT_IN_USE` where no port from 1881 to 1890 is free
 */
export async function joinDemo(RED: NodeAPI): Promise<{ simulator: Simulator; isOfNode: boolean; leave: () => void }> {
  const present = runningIn(RED).useAny(({ seed }) => seed === '')
  if (present) {
    const { thing, release } = present
    return { simulator: await thing.started, isOfNode: thing.listeners.size > 0, leave: release }
  }
  let failure: unknown
  for (const port of ownPorts) {
    const { thing, release } = sharedOn(RED, port, '')
    try {
      return { simulator: await thing.started, isOfNode: false, leave: release }
    } catch (reason) {
      failure = reason
      release()
    }
  }
  throw failure
}

const runningIn = (RED: NodeAPI) =>
  runtimeState(RED, 'simulators', () => new Shared<SharedSimulator>(afterlifeMs, closed))

/** What is there on the port, or what is started; one that does not start is forgotten. */
function sharedOn(RED: NodeAPI, port: number, seed: string): Use<SharedSimulator> {
  const running = runningIn(RED)
  const make = (free: Promise<unknown>) => start(port, seed, free)
  const key = String(port)
  // Where others have it with another seed, theirs is the one.
  const use = running.useFitting(key, make, (present) => present.seed === seed) ?? running.use(key, make)
  use.thing.started.catch(() => running.forget(key, use.thing))
  return use
}

const closed = ({ started }: SharedSimulator) =>
  started.then(
    (simulator) => simulator.close(),
    () => undefined,
  )

function start(port: number, seedText: string, free: Promise<unknown>): SharedSimulator {
  const listeners = new Set<SimulatorListener>()
  const onRequest = (request: RequestRecord) => {
    for (const listener of listeners) listener.onRequest(request)
  }
  const onReset = () => {
    for (const listener of listeners) listener.onReset()
  }
  const started = free
    .then(() => readSeed(seedText))
    .then((seed) => startSimulator({ port, onRequest, onReset, seed }))
    .catch((failure: NodeJS.ErrnoException) => {
      if (failure.code !== 'EADDRINUSE')
        throw new ConnectorError('CONFIG_INVALID', say`The simulator: ${failure.message}`)
      throw new ConnectorError(
        'PORT_IN_USE',
        say`Port ${port} is taken by another program. Choose another port for the simulator.`,
      )
    })
  return { started, seed: seedText, listeners }
}

/** JSON text, or the path of a seed file; the demo data when empty. */
async function readSeed(text: string): Promise<Seed> {
  if (text.trim() === '') return demoGateway
  return text.trim().startsWith('{') ? parseSeedText(text, 'The seed') : readSeedFile(text.trim())
}
