import { ConnectorError, say } from '../core'

/** Nothing that a machine or a cloud says is nested this deep. */
const deepest = 200
/** Node-RED's own, of an http in node: full of functions, and read by none of our nodes. */
const ignored = new Set(['req', 'res', '_msgid', '_event'])

/**
 * Why a message cannot be read, for an unexpected failure: an object that throws when it is read, holds
 * functions, or is nested without measure. `undefined` for a message of plain data: then the fault is ours.
 */
export function unreadableMessage(msg: object): ConnectorError | undefined {
  try {
    for (const name of Object.keys(msg)) {
      if (!ignored.has(name) && !isPlain(Reflect.get(msg, name), new Set())) return notPlain(name)
    }
    return undefined
  } catch {
    return notPlain('payload')
  }
}

function isPlain(value: unknown, parents: Set<object>): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true
  if (parents.size >= deepest) return false
  if (parents.has(value)) return true
  if (!Array.isArray(value) && typeof value.toString !== 'function') return false
  parents.add(value)
  const isWhole = Object.keys(value).every((name) => isPlain(Reflect.get(value, name), parents))
  parents.delete(value)
  return isWhole
}

function notPlain(name: string): ConnectorError {
  return new ConnectorError(
    'INPUT_INVALID',
    say`msg.${name.slice(0, 60)} holds something that cannot be read: a function, an object that fails when it is read, or one nested more than ${deepest} deep. Send plain data.`,
  )
}
