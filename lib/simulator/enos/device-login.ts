import { randomUUID } from 'node:crypto'
import { deviceSign } from '../../signing'
import { isFields } from '../checked-input'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import type { EnosOptions } from './options'
import type { Device, Registry } from './registry'

interface Session {
  id: string
  device: Device
  lifetimeMs: number
  lastSeenMs: number
}

/** The recent connection requests of one device, and until when it is blocked. */
interface LoginRecord {
  attemptsMs: number[]
  blockedUntilMs: number
}

/** Device login over HTTP and the sessions it opens (docs/protocol/enos.md §6). */
export class DeviceLogin {
  #sessions = new Map<string, Session>()
  #records = new Map<Device, LoginRecord>()

  readonly #registry: Registry
  readonly #options: EnosOptions

  constructor(registry: Registry, options: EnosOptions) {
    this.#registry = registry
    this.#options = options
  }

  /** `POST /auth/{productKey}/{deviceKey}` */
  handle(request: SimulatedRequest, productKey: string, deviceKey: string): SimulatedReply {
    if (request.method !== 'POST') return brokerReply(405, 400, 'Only POST is supported')
    const login = readLogin(request)
    if (typeof login === 'string') return this.#refused(400, 400, login)
    const device = this.#registry.device({ productKey, deviceKey })
    if (!device) return this.#refused(401, 705, 'device does not exist')
    const blockedMs = this.#blockedMs(device, request.receivedMs)
    if (blockedMs > 0) {
      const text = `too many connection requests, blocked for another ${Math.ceil(blockedMs / 1000)} s`
      return this.#refused(401, 401, text)
    }
    const { least, most } = this.#options.lifetimeMs
    const lifetimeMs = Number(login.lifetime)
    if (lifetimeMs < least || lifetimeMs > (most ?? Infinity))
      return this.#refused(400, 400, 'lifetime is out of bounds')
    const { deviceSecret } = device
    const sign = deviceSign({ productKey, deviceKey, deviceSecret, lifetimeMs: login.lifetime })
    if (login.sign.toLowerCase() !== sign) return this.#refused(401, 742, 'sign check failed')
    if (!device.enabled) return this.#refused(401, 723, 'device is disabled')
    if (device.gateway !== null && !this.#options.subDeviceMayLogin) {
      return this.#refused(401, 771, 'a sub-device may not connect directly')
    }
    return brokerReply(200, 200, 'success', { sessionId: this.#open(device, lifetimeMs, request.receivedMs).id })
  }

  /** The device of a living session; using it keeps it alive. */
  deviceOf(sessionId: string | null, now: number): Device | undefined {
    const session = this.#sessions.get(sessionId ?? '')
    if (!session || !isAlive(session, now)) return undefined
    session.lastSeenMs = now
    return session.device
  }

  isOnline(device: Device, now: number): boolean {
    return this.#living(now).some((session) => session.device === device)
  }

  drop(sessionId: string): void {
    this.#sessions.delete(sessionId)
  }

  /** Ends all sessions of a device that was disabled or deleted. */
  dropDevice(device: Device): void {
    for (const session of this.#sessions.values()) if (session.device === device) this.#sessions.delete(session.id)
  }

  livingCount(now: number): number {
    return this.#living(now).length
  }

  #living(now: number): Session[] {
    return [...this.#sessions.values()].filter((session) => isAlive(session, now))
  }

  #open(device: Device, lifetimeMs: number, now: number): Session {
    for (const old of this.#sessions.values()) {
      const isReplaced = this.#options.loginReplacesSession && old.device === device
      if (isReplaced || !isAlive(old, now)) this.#sessions.delete(old.id)
    }
    const session = { id: randomUUID(), device, lifetimeMs, lastSeenMs: now }
    this.#sessions.set(session.id, session)
    device.activeMs ||= now
    return session
  }

  /** How long the device stays blocked; 0 when this connection request is within the limit. Counts the request. */
  #blockedMs(device: Device, now: number): number {
    const limit = this.#options.loginLimit
    if (!limit) return 0
    const record = this.#records.get(device) ?? { attemptsMs: [], blockedUntilMs: 0 }
    this.#records.set(device, record)
    if (record.blockedUntilMs > now) return record.blockedUntilMs - now
    record.attemptsMs = [...record.attemptsMs.filter((timeMs) => timeMs > now - limit.windowMs), now]
    if (record.attemptsMs.length <= limit.attempts) return 0
    record.attemptsMs = []
    record.blockedUntilMs = now + limit.blockMs
    return limit.blockMs
  }

  #refused(httpCode: number, deviceCode: number, text: string): SimulatedReply {
    const { loginCodes, brokerRejectHttpStatus } = this.#options
    return brokerReply(brokerRejectHttpStatus, loginCodes === 'http' ? httpCode : deviceCode, text)
  }
}

/** The device broker's envelope; 200 is success. Documents say `msg`, Envision's clients read `message`. */
export function brokerReply(http: number, code: number, text: string, data: object = {}): SimulatedReply {
  return { status: http, body: { code, msg: text, message: text, data } }
}

function isAlive(session: Session, now: number): boolean {
  return now - session.lastSeenMs <= session.lifetimeMs
}

/** The login fields; a text says what is wrong. `lifetime` is kept as it came, for the sign covers that very text. */
function readLogin({ headers, body }: SimulatedRequest): { lifetime: number | string; sign: string } | string {
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return 'Content-Type must be application/json'
  let login: unknown
  try {
    login = readJson(body)
  } catch {
    return 'the body is not valid JSON'
  }
  if (!isFields(login)) return 'the body must be a JSON object'
  const { signMethod, lifetime, sign } = login
  if (signMethod !== 'sha256') return 'signMethod must be sha256'
  if ((typeof lifetime !== 'number' && typeof lifetime !== 'string') || !/^\d+$/.test(String(lifetime))) {
    return 'lifetime must be milliseconds'
  }
  return typeof sign === 'string' ? { lifetime, sign } : 'sign is missing'
}
