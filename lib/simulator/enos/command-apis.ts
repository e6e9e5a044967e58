import { isFields } from '../checked-input'
import { type Api, type ApiCall, ApiRefused, deviceNameIn, invalid, namedDevice, notFound } from './api-call'
import { type Command, commandStates, commandStruct } from './command-book'
import { search } from './search'
import { measurepointProblem } from './thing-model'

const neverActive = 11888
const offline = 11900
const queueFull = 11902
const noReply = 11915
const mostPending = 50

/**
 * Commands (docs/protocol/enos.md §10.1). No device is told of them: one for now ends as for a device that does not
 * reply, but at once, and one that may wait waits until it expires or is cancelled.
 */
export const commandApis: Record<string, Api> = {
  'POST /connect-service/v2.1/commands setMeasurepoint': (call) => {
    const identifier = mandatory(call, 'measurepointId')
    const { value } = call.body
    const { registry } = call
    const device = namedDevice(call, deviceNameIn(call.query))
    const problem = measurepointProblem(registry.modelOf(device), identifier, value)
    if (problem) throw invalid(problem)
    return sent(call, { device, kind: 'point', identifier, input: value })
  },
  'POST /connect-service/v2.1/commands invokeService': (call) => {
    const identifier = mandatory(call, 'serviceId')
    const { inputData = {} } = call.body
    const device = namedDevice(call, deviceNameIn(call.query))
    const { modelId, services } = call.registry.modelOf(device)
    if (!Object.hasOwn(services, identifier)) throw invalid(`service ${identifier} is not in model ${modelId}`)
    if (!isFields(inputData)) throw invalid('inputData must be an object')
    return sent(call, { device, kind: 'service', identifier, input: inputData })
  },
  'GET /connect-service/v2.1/commands get': (call) => ({
    data: commandStruct(namedCommand(call, mandatory(call, 'commandId'))),
  }),
  'POST /connect-service/v2.1/commands search': (call) => search(own(call).map(commandStruct), call, { pageSize: 100 }),
  'POST /connect-service/v2.1/commands cancel': (call) => {
    const commandId = call.query.get('commandId')
    const pending = (commandId ? [namedCommand(call, commandId)] : own(call)).filter(isPending)
    for (const command of pending) command.state = commandStates.cancelled
    return { data: null }
  },
}

const isPending = ({ state }: Command) => state === commandStates.created

function sent(call: ApiCall, command: Pick<Command, 'device' | 'kind' | 'identifier' | 'input'>) {
  const { commands, login, nowMs } = call
  const { device } = command
  const timeoutSeconds = secondsOf(call, 'timeout', 30, 1, 60)
  const pendingSeconds = secondsOf(call, 'pendingTtl', 0, 0, 172_800)
  const given = { ...command, timeoutSeconds, pendingSeconds, createdMs: nowMs }
  if (pendingSeconds === 0) {
    if (device.activeMs === 0) throw new ApiRefused(neverActive, 'The device was never activated')
    if (!login.isOnline(device, nowMs)) throw new ApiRefused(offline, 'The device is offline')
    commands.add({ ...given, state: commandStates.timedOut })
    throw new ApiRefused(noReply, 'The command was sent, but the device did not reply')
  }
  const pending = commands.all(nowMs, (other) => other === device).filter(isPending)
  if (pending.length >= mostPending) throw new ApiRefused(queueFull, 'Too many commands wait for the device')
  return { data: { commandId: commands.add({ ...given, state: commandStates.created }).commandId } }
}

/** The commands of the organisation, or of the device that the query names. */
function own(call: ApiCall): Command[] {
  const { commands, query, app, nowMs } = call
  const isOfDevice = query.has('assetId') || query.has('deviceKey')
  const device = isOfDevice ? namedDevice(call, deviceNameIn(query)) : undefined
  return commands.all(nowMs, (other) => (device ? other === device : other.orgId === app.orgId))
}

function namedCommand({ commands, app, nowMs }: ApiCall, commandId: string): Command {
  const all = commands.all(nowMs, ({ orgId }) => orgId === app.orgId)
  const command = all.find((each) => each.commandId === commandId)
  if (!command) throw new ApiRefused(notFound, `Command ${commandId} not found`)
  return command
}

function mandatory({ query }: ApiCall, name: string): string {
  const value = query.get(name)
  if (!value) throw invalid(`${name} is mandatory`)
  return value
}

function secondsOf({ query }: ApiCall, name: string, usual: number, least: number, most: number): number {
  const text = query.get(name)
  const seconds = text ? Number(text) : usual
  if (!Number.isInteger(seconds) || seconds < least || seconds > most) {
    throw invalid(`${name} is seconds, ${least} to ${most}`)
  }
  return seconds
}
