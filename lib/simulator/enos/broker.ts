import { type Fields, isFields } from '../checked-input'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import { brokerReply, type DeviceLogin } from './device-login'
import { acceptMessage } from './device-topics'
import { fileRoute } from './file-routes'
import { FileProblem, type FileStore, readEnosMessage, storeFiles } from './files'
import { isMultipart } from './multipart'
import type { EnosOptions } from './options'
import type { Device, Registry } from './registry'
import { BrokerRefused, type TopicCall } from './topic-call'

/** Largest JSON message of a report, on the device and on the integration channel; bytes. */
export const mostMessageBytes = 512 * 1024

export interface BrokerContext {
  registry: Registry
  options: EnosOptions
  login: DeviceLogin
  files: FileStore
}

/** The device broker: login, messages and files of a device (docs/protocol/enos.md §6, §7). */
export function brokerHandle(context: BrokerContext, request: SimulatedRequest, path: string): SimulatedReply {
  const [, channel = '', ...rest] = path.split('/').map(decoded)
  if (channel === 'auth') {
    const [productKey = '', deviceKey = ''] = rest
    return rest.length === 2
      ? context.login.handle(request, productKey, deviceKey)
      : brokerReply(404, 400, 'unknown path')
  }
  const [sys, productKey, deviceKey, ...topic] = rest
  const device = context.login.deviceOf(request.url.searchParams.get('sessionId'), request.receivedMs)
  if (!device) return sessionRefusal(context.options)
  try {
    if (sys !== 'sys') throw new BrokerRefused(1009, `unknown topic ${path}`)
    if (productKey !== device.productKey || deviceKey !== device.deviceKey) {
      throw new BrokerRefused(1009, 'the session is not one of the device in the topic')
    }
    return deviceReply(context, request, channel, device, topic.join('/'))
  } catch (error) {
    if (!(error instanceof BrokerRefused)) throw error
    return messageReply(
      error.http ?? context.options.brokerRejectHttpStatus,
      error.messageId,
      error.code,
      {},
      error.message,
    )
  }
}

/** What the broker says to a missing, unknown or expired session. */
export function sessionRefusal({ sessionReject }: EnosOptions): SimulatedReply {
  return brokerReply(sessionReject.http, sessionReject.code, 'session is invalid or has expired, please log in')
}

function deviceReply(
  context: BrokerContext,
  request: SimulatedRequest,
  channel: string,
  device: Device,
  topic: string,
): SimulatedReply {
  if (channel === 'multipart' && topic.startsWith('file/')) {
    return fileRoute(context.files, request, device, topic.slice('file/'.length), fileDialect)
  }
  if (request.method !== 'POST') return brokerReply(405, 400, 'Only POST is supported')
  if (request.body.length === 0) throw new BrokerRefused(1251, 'the payload is empty')
  if (channel === 'topic' && topic === 'thing/model/up_raw') {
    context.registry.acceptRawMessage()
    return messageReply(200, undefined, 200, {})
  }
  const call = (message: Fields): TopicCall => ({ ...context, device, topic, message, nowMs: request.receivedMs })
  if (channel === 'multipart') return withFiles(context, request, device, call)
  const message = readMessage(context.options, request)
  return messageReply(200, message.id, 200, acceptMessage(call(message)))
}

const fileDialect = {
  done: (data: unknown) => brokerReply(200, 200, 'success', data as object),
  refused: (http: number, text: string) => brokerReply(http, 1206, text),
}

/** A message whose points are files: attached (`enos-file`), or announced with `useLark=true` and put to an address later. */
function withFiles(
  context: BrokerContext,
  request: SimulatedRequest,
  device: Device,
  call: (message: Fields) => TopicCall,
): SimulatedReply {
  if (!isMultipart(request)) throw new BrokerRefused(1220, 'Content-Type must be multipart/form-data')
  try {
    const { text, parts } = readEnosMessage(request)
    checkSize(context.options, text.length)
    const message = parseMessage(text.toString())
    const stored = storeFiles(context.files, request, message, parts, () => device)
    const data = acceptMessage(call(stored.message))
    stored.commit()
    return messageReply(200, message.id, 200, stored.uriInfoList ?? data)
  } catch (error) {
    if (error instanceof FileProblem) throw new BrokerRefused(1206, error.message)
    throw error
  }
}

function readMessage(options: EnosOptions, { headers, body }: SimulatedRequest): Fields {
  const contentType = headers['content-type'] ?? ''
  const isJson = /^application\/json\b/i.test(contentType)
  if (!isJson && !(options.octetStreamJson && /^application\/octet-stream\b/i.test(contentType))) {
    throw new BrokerRefused(1220, 'Content-Type must be application/json', undefined, 415)
  }
  checkSize(options, body.length)
  return parseMessage(body.toString())
}

function checkSize({ tooLarge }: EnosOptions, bytes: number): void {
  if (bytes > mostMessageBytes) {
    throw new BrokerRefused(
      tooLarge.code,
      `the message is larger than ${mostMessageBytes} bytes`,
      undefined,
      tooLarge.http,
    )
  }
}

function parseMessage(text: string): Fields {
  let message: unknown
  try {
    message = readJson(text)
  } catch {
    throw new BrokerRefused(1220, 'the payload is not valid JSON')
  }
  if (!isFields(message)) throw new BrokerRefused(1220, 'the payload must be a JSON object')
  return message
}

function messageReply(http: number, id: unknown, code: number, data: object, message?: string): SimulatedReply {
  return {
    status: http,
    body: { ...(id !== undefined && { id }), code, ...(message !== undefined && { message }), data },
  }
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
