import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ConnectorError, say } from '../core'
import type { NodeSettings, NumberField, TextField } from '../settings'
import type { Fault, RequestRecord, Simulator } from '../simulator'
import { asConnectorError } from './connector-error'
import { withVariables } from './environment'
import { translation } from './languages'
import { registerNode } from './registration'
import { join } from './shared-simulator'
import { serveDemo } from './simulator-demo'
import { StatusBadge } from './status'
import type { StoredSettings } from './stored-settings'
import { variablesOf } from './variables'

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

      // Those of this node: others may be on the same simulator, and have been there for longer.
      let accepted: Record<string, number> = {}
      const show = ({ url }: Simulator) => badge.show({ kind: 'simulating', url, accepted })

      const started = join(
        RED,
        fields.port,
        withVariables(stored as unknown as StoredSettings, say`The simulator`, variablesOf(RED, this)),
        { onRequest, onReset },
      ).then(({ simulator, leave: leaveIt }) => {
        leave = leaveIt
        if (isClosed) leaveIt()
        else show(simulator)
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
        started.then(show, () => undefined)
      }
      function onRequest({ method, path, status, bodyBytes, accepted: brought }: RequestRecord): void {
        for (const [cloud, values] of Object.entries(brought)) accepted[cloud] = (accepted[cloud] ?? 0) + values
        counting ??= setTimeout(count, countEveryMs).unref()
        node.send({ topic: path, payload: { method, path, statusCode: status, bodyBytes } })
      }
      function onReset(): void {
        accepted = {}
        counting ??= setTimeout(count, countEveryMs).unref()
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
    serveDemo(RED)
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
