import { ConnectorError, say } from '../core'
import { type Id, idOf, idText, isBlank, isFieldValue, isMetricValue, numbersAmong, scalarOf } from '../message'

/**
 * A bare value, such as a PLC node gives one at a time, as an entry of its point; every other payload as it is. A value of
 * OPC UA is one, a list of them is one each.
 * @param given as `unpacked` gives it
 * @param point as the node is set; if it is empty, the message's topic names the point, unless the payload is a text
 */
export function bareValueOf(point: Id | undefined, topic: unknown, given: unknown): unknown {
  const isPointSet = !isBlank(point)
  // MQTT brings numbers as text.
  const isNamed = isPointSet || !isBlank(topic)
  const payload = typeof given === 'string' && isNamed ? (scalarOf(given) ?? given) : given
  const isText = typeof payload === 'string' && payload !== '' && isPointSet
  const isList = Array.isArray(payload) && payload.length > 0 && payload.every(isNameless)
  if (!isText && !isList && !isBareValue(payload)) return payload
  // An inject node sends an empty topic where none is entered.
  if (isNamed) {
    const name = idText(isPointSet ? idOf(point, 'point') : idOf(topic, 'msg.topic'))
    const entryOf = (value: unknown) => ({ measurepoints: { [name]: value } })
    return isList ? payload.map(entryOf) : entryOf(payload)
  }
  throw new ConnectorError(
    'INPUT_INVALID',
    say`The message is a single value that does not say which point it belongs to. Enter the point in the node, or send it as msg.topic.`,
  )
}

/** The point of a bare value that came in as a number: see `Entry.numbered`. */
export const numberedPoint = (point: Id | undefined, topic: unknown): ReadonlySet<string> | undefined =>
  numbersAmong([isBlank(point) ? topic : point])

const isBareValue = (payload: unknown): boolean =>
  typeof payload === 'number' || typeof payload === 'boolean' || typeof payload === 'bigint' || isNameless(payload)

/** A metric of Sparkplug B has its name. */
const isNameless = (value: unknown): boolean => isFieldValue(value) && !isMetricValue(value)
