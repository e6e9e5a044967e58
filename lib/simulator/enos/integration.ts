import { type Fields, isFields } from '../checked-input'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import { ApiRefused, deviceNameIn, invalid, invalidArgument, namedDevice, notFound } from './api-call'
import { mostMessageBytes } from './broker'
import { isInRange } from './device-points'
import type { App } from './enos-seed'
import { fileRoute } from './file-routes'
import { FileProblem, type FileStore, readEnosMessage, storeFiles } from './files'
import { checkOrganisation } from './gateway'
import { type GatewayAuth, gatewayReply } from './gateway-auth'
import { isMultipart } from './multipart'
import type { EnosOptions } from './options'
import type { Device, Registry } from './registry'
import { attributeProblem, eventProblem, measurepointProblem } from './thing-model'

export interface IntegrationContext {
  registry: Registry
  options: EnosOptions
  auth: GatewayAuth
  files: FileStore
}

interface Entry {
  device: Device
  fields: Fields
  timeMs: number
}

/** What one action does: checks an entry and gives the change to apply when all entries passed. */
type Action = (context: IntegrationContext, entry: Entry, nowMs: number) => () => void

const actions: Record<string, { method: string; needsTime: boolean; check: Action }> = {
  postMeasurepoint: { method: 'integration.measurepoint.post', needsTime: true, check: measurepoints },
  postAttribute: { method: 'integration.attribute.post', needsTime: false, check: attributes },
  postEvent: { method: 'integration.event.post', needsTime: true, check: events },
}

export const integrationPath = /^\/connect-service\/v2\.1\/(integration|files)$/

/** HTTP message integration (docs/protocol/enos.md §8): token alone, multipart always, many devices in one message. */
export function integrationHandle(
  context: IntegrationContext,
  request: SimulatedRequest,
  path: string,
): SimulatedReply {
  const { auth, options } = context
  const app = auth.byToken(request.headers['apim-accesstoken'], request.receivedMs)
  if (typeof app === 'string') return auth.refusal(app)
  try {
    checkOrganisation(app, request.url.searchParams)
    return path.endsWith('/files') ? files(context, request, app) : integrate(context, request, app)
  } catch (error) {
    const problem = error instanceof FileProblem ? invalid(error.message) : error
    if (problem instanceof ApiRefused)
      return gatewayReply(options.gatewayRejectHttpStatus, problem.code, problem.message)
    throw error
  }
}

function integrate(context: IntegrationContext, request: SimulatedRequest, app: App): SimulatedReply {
  const action = actions[request.url.searchParams.get('action') ?? '']
  if (!action || request.method !== 'POST')
    throw new ApiRefused(notFound, 'POST with action postMeasurepoint, -Attribute or -Event')
  if (!isMultipart(request)) throw invalid('Content-Type must be multipart/form-data')
  const { text, parts } = readEnosMessage(request)
  if (text.length > mostMessageBytes) throw invalid(`enos-message is larger than ${mostMessageBytes} bytes`)
  const message = parseMessage(text.toString(), action.method)
  const deviceOf = (name: Fields) => namedDevice({ registry: context.registry, app }, name)
  const stored = storeFiles(context.files, request, message, parts, deviceOf)
  const changes = (stored.message.params as Fields[]).map((fields) => {
    const timeMs = action.needsTime ? timeOf(fields, context.options, request.receivedMs) : request.receivedMs
    return action.check(context, { device: deviceOf(fields), fields, timeMs }, request.receivedMs)
  })
  for (const apply of changes) apply()
  stored.commit()
  return gatewayReply(200, 0, 'OK', stored.uriInfoList ? { uriInfoList: stored.uriInfoList } : {})
}

function parseMessage(text: string, method: string): Fields {
  let message: unknown
  try {
    message = readJson(text)
  } catch {
    throw invalid('enos-message is not valid JSON')
  }
  if (!isFields(message)) throw invalid('enos-message must be a JSON object')
  if (typeof message.version !== 'string') throw invalid('version is mandatory')
  if (message.method !== method) throw invalid(`method ${String(message.method)} does not fit the action: ${method}`)
  if (message.id !== undefined && typeof message.id !== 'string') throw invalid('id must be a text')
  if (message.isRealtimeIntegration !== undefined && typeof message.isRealtimeIntegration !== 'boolean') {
    throw invalid('isRealtimeIntegration must be true or false')
  }
  const { params } = message
  if (!Array.isArray(params) || params.length === 0 || !params.every(isFields))
    throw invalid('params must be a list of objects')
  return message
}

function timeOf({ time }: Fields, options: EnosOptions, nowMs: number): number {
  if (!Number.isSafeInteger(time) || (time as number) < 0) throw invalid('time is mandatory, in Unix milliseconds')
  if (!isInRange(options, time as number, nowMs)) throw invalid(`time ${String(time)} is out of range`)
  return time as number
}

function entriesOf(fields: Fields, name: string): [string, unknown][] {
  const value = fields[name]
  if (!isFields(value) || Object.keys(value).length === 0) throw invalid(`${name} must be an object that is not empty`)
  return Object.entries(value)
}

function refuseProblem(problem: string | undefined): void {
  if (problem) throw new ApiRefused(invalidArgument, `Invalid argument: ${problem}`)
}

function measurepoints({ registry }: IntegrationContext, { device, fields, timeMs }: Entry, nowMs: number) {
  const values = entriesOf(fields, 'measurepoints')
  for (const [id, value] of values) refuseProblem(measurepointProblem(registry.modelOf(device), id, value))
  const entry = { timeMs, values: fields.measurepoints as Fields, channel: 'integration' }
  return () => registry.acceptPoints(device, entry, nowMs)
}

function attributes({ registry }: IntegrationContext, { device, fields }: Entry, nowMs: number) {
  const values = entriesOf(fields, 'attributes')
  for (const [id, value] of values) refuseProblem(attributeProblem(registry.modelOf(device), id, value))
  return () => {
    for (const [id, value] of values) registry.acceptAttribute(device, id, value, nowMs)
  }
}

function events({ registry }: IntegrationContext, { device, fields }: Entry, nowMs: number) {
  const values = entriesOf(fields, 'events')
  for (const [id, outputs] of values) {
    if (!isFields(outputs)) throw invalid(`event ${id} must be an object`)
    refuseProblem(eventProblem(registry.modelOf(device), id, outputs))
  }
  return () => registry.acceptEvents(device, values.length, nowMs)
}

const fileActions: Record<string, string> = { download: 'download', getDownloadUrl: 'download/url', delete: 'delete' }

function files({ registry, files: store }: IntegrationContext, request: SimulatedRequest, app: App): SimulatedReply {
  const { searchParams: query } = request.url
  const device = namedDevice({ registry, app }, deviceNameIn(query))
  return fileRoute(store, request, device, fileActions[query.get('action') ?? ''] ?? '', {
    done: (data) => gatewayReply(200, 0, 'OK', data),
    refused: (http, text) => gatewayReply(http, http === 404 ? notFound : invalidArgument, text),
  })
}
