import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ConnectorError, Shared, say } from '../core'
import { isIn, type NodeSettings, type NumberField, type TextField } from '../settings'
import {
  type Fault,
  parseSeedText,
  type RequestRecord,
  readSeedFile,
  type Seed,
  type Simulator,
  startSimulator,
} from '../simulator'
import { asConnectorError } from './connector-error'
import { type Resolved, withVariables } from './environment'
import { translation } from './languages'
import { registerNode } from './registration'
import { runtimeState } from './runtime-state'
import { StatusBadge } from './status'
import type { StoredSettings } from './stored-settings'
import { variablesOf } from './variables'

/** One simulator for all nodes on the same port. It outlives a deployment, so that what it received stays to be seen. */
interface SharedSimulator {
  started: Promise<Simulator>
  /** Its seed as text: another seed asks for another simulator. */
  seed: string
  listeners: Set<(request: RequestRecord) => void>
}

/** How long a simulator waits for a node of the next deployment. */
const afterlifeMs = 3_000
const countEveryMs = 500

/** A node file's export: both clouds on a loopback port while the flow runs. */
export function simulatorNode({
  type,
  fields,
}: NodeSettings<{ port: NumberField; seed: TextField }>): (RED: NodeAPI) => void {
  return (RED) => {
    function construct(this: Node, stored: NodeDef): void {
      RED.nodes.createNode(this, stored)
      const badge = new StatusBadge(RED, this)
      let leave: (() => void) | undefined
      let isClosed = false

      const started = join(
        RED,
        fields.port,
        withVariables(stored as unknown as StoredSettings, say`The simulator`, variablesOf(RED, this)),
        onRequest,
      ).then(({ simulator, leave: leaveIt }) => {
        leave = leaveIt
        if (isClosed) leaveIt()
        else badge.show({ kind: 'simulating', points: simulator.accepted() })
        return simulator
      })
      started.catch((failure: unknown) => {
        const error = asConnectorError(failure, translation(RED))
        badge.show({ kind: 'failed', error })
        this.error(error.message)
      })

      let counting: NodeJS.Timeout | undefined
      const count = () => {
        counting = undefined
        started.then(
          (simulator) => badge.show({ kind: 'simulating', points: simulator.accepted() }),
          () => undefined,
        )
      }
      function onRequest({ method, path, status, bodyBytes }: RequestRecord): void {
        counting ??= setTimeout(count, countEveryMs).unref()
        node.send({ topic: path, payload: { method, path, statusCode: status, bodyBytes } })
      }
      const node = this

      this.on('input', (msg, _send, done) => {
        started
          .then((simulator) => control(simulator, msg.payload))
          .then(
            () => done(),
            (failure: unknown) => done(asConnectorError(failure, translation(RED))),
          )
      })
      this.on('close', () => {
        isClosed = true
        clearTimeout(counting)
        leave?.()
        badge.clear()
      })
    }
    registerNode(RED, type, construct)
  }
}

/** A list of faults replaces those that are on; `{ faults, options, reset }` does what it names. */
function control(simulator: Simulator, payload: unknown): void {
  const { faults, options, reset } = (Array.isArray(payload) ? { faults: payload } : (payload ?? {})) as {
    faults?: readonly Fault[]
    options?: unknown
    reset?: unknown
  }
  try {
    if (reset === true) simulator.reset()
    if (options !== undefined) simulator.setOptions(options)
    if (faults !== undefined) simulator.setFaults(faults)
  } catch (failure) {
    throw new ConnectorError('INPUT_INVALID', say`The simulator cannot do that: ${(failure as Error).message}`)
  }
}

async function join(
  RED: NodeAPI,
  portField: NumberField,
  { values: stored, unset }: Resolved,
  listener: (request: RequestRecord) => void,
): Promise<{ simulator: Simulator; leave: () => void }> {
  if (unset) throw unset
  const port = Number(stored.port || portField.value)
  if (!isIn(portField.range, port)) {
    throw new ConnectorError('CONFIG_INVALID', say`The simulator needs a port from 1 to 65535.`)
  }
  const seed = String(stored.seed ?? '')
  const running = runtimeState(RED, 'simulators', () => new Shared<SharedSimulator>(afterlifeMs, closed))
  const make = (free: Promise<unknown>) => start(port, seed, free)
  const key = String(port)
  // Where others have it with another seed, theirs is the one.
  const own = running.useFitting(key, make, (present) => present.seed === seed)
  const { thing, release } = own ?? running.use(key, make)
  thing.listeners.add(listener)
  const leave = () => {
    thing.listeners.delete(listener)
    release()
  }
  try {
    return { simulator: await thing.started, leave }
  } catch (failure) {
    running.forget(key, thing)
    leave()
    throw failure
  }
}

const closed = ({ started }: SharedSimulator) =>
  started.then(
    (simulator) => simulator.close(),
    () => undefined,
  )

function start(port: number, seedText: string, free: Promise<unknown>): SharedSimulator {
  const listeners = new Set<(request: RequestRecord) => void>()
  const onRequest = (request: RequestRecord) => {
    for (const listener of listeners) listener(request)
  }
  const started = free
    .then(() => readSeed(seedText))
    .then((seed) => startSimulator({ port, onRequest, ...(seed ? { seed } : {}) }))
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
async function readSeed(text: string): Promise<Seed | undefined> {
  if (text.trim() === '') return undefined
  return text.trim().startsWith('{') ? parseSeedText(text, 'The seed') : readSeedFile(text.trim())
}
