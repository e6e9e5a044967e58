import type { NodeAPI } from 'node-red'

const states = new WeakMap<object, Map<string, unknown>>()

/**
 * A value that belongs to the running Node-RED and outlives a deployment, made at first use. Kept with the runtime's own
 * event bus, never with a module, so that two runtimes in one process share nothing.
 * @param key names the value; must not hold a secret
 */
export function runtimeState<T>(RED: NodeAPI, key: string, make: () => T): T {
  let state = states.get(RED.events)
  if (!state) {
    state = new Map()
    states.set(RED.events, state)
  }
  if (!state.has(key)) state.set(key, make())
  return state.get(key) as T
}
