import { fieldsAt } from './checked-input'
import type { Refusal, SimulatedCloud, SimulatedReply, SimulatedRequest } from './cloud'
import { type CloudSettings, createClouds } from './clouds'
import { type Controls, controlReply } from './control'
import { FaultBoard } from './fault-board'
import { type Fault, type FaultKind, parseFaults } from './faults'
import { listen, type Outcome } from './http-server'
import { isFromHere, isVisit } from './neighbour'
import { pageReply, sectionsReply } from './page/page'
import { PageLanguages } from './page/texts'
import { parseSeed, type Seed } from './seed'

export interface SimulatorSettings extends Partial<Omit<CloudSettings, 'seed'>> {
  /** 1881; 0 takes a free one. */
  port?: number
  /** A loopback address; 127.0.0.1. */
  host?: string
  /** Apps, devices, models, users ...; each part that is left out starts with the demo data. */
  seed?: Seed
  faults?: readonly Fault[]
  /** 0 to below 1, for faults with a probability. */
  random?: () => number
  /** Larger bodies are refused with 413; 128 MiB. */
  maxBodyBytes?: number
  /** What exceeds this in all bodies that are still coming in is refused with 503; 160 MiB. */
  maxUnfinishedBytes?: number
  /** Called after each request to a cloud. It carries no secret: path without query. */
  onRequest?: (request: RequestRecord) => void
  /** Called when somebody has brought the simulator back to its seed. */
  onReset?: () => void
}

/** How many of the latest requests the page shows. */
const mostRequests = 10

/** One request that reached a cloud. */
export interface RequestRecord {
  receivedMs: number
  method: string
  path: string
  bodyBytes: number
  /** HTTP status of the answer; 0 where the connection was reset without one. */
  status: number
  /** How many single values each cloud has accepted with it; only the clouds that have. */
  accepted: Readonly<Record<string, number>>
}

export interface Simulator extends Controls {
  url: string
  port: number
  /** Ends hanging connections and frees the port. */
  close(): Promise<void>
}

/** Starts both clouds on one loopback port. */
export async function startSimulator(settings: SimulatorSettings = {}): Promise<Simulator> {
  const { port = 1881, host = '127.0.0.1', now = Date.now, random = Math.random } = settings
  const { maxBodyBytes = 128 << 20, maxUnfinishedBytes = 160 << 20 } = settings
  const cloudSettings = { ...settings, seed: parseSeed(settings.seed), now }
  const faultBoard = new FaultBoard(random)
  faultBoard.set(parseFaults(settings.faults ?? []))
  let clouds = createClouds(cloudSettings)
  let requests = 0
  const latest: RequestRecord[] = []
  const languages = new PageLanguages()
  let url = ''

  const controls = {
    state: () => ({
      ...eachOf(clouds, (cloud) => cloud.state()),
      requests,
    }),
    accepted: () => Object.values(clouds).reduce((sum, cloud) => sum + cloud.accepted(), 0),
    points: (stream: string) => firstOf(clouds, (cloud) => cloud.points(stream)),
    faults: () => faultBoard.list(),
    setFaults: (faults: readonly Fault[]) => faultBoard.set(parseFaults(faults)),
    turnFault: (kind: FaultKind, isOn: boolean) => faultBoard.turn(kind, isOn),
    look: () => ({
      url,
      clouds: eachOf(clouds, (cloud) => ({ figures: cloud.figures(), streams: cloud.recent() })),
      faults: faultBoard.list(),
      requests: latest,
      accounts: Object.values(clouds).flatMap((cloud) => cloud.demoAccounts(url)),
    }),
    setOptions: (options: unknown) => {
      const changes = fieldsAt(options, 'options', Object.keys(clouds))
      for (const [name, change] of Object.entries(changes)) clouds[name]?.setOptions?.(change)
    },
    reset: () => {
      clouds = createClouds(cloudSettings)
      requests = 0
      latest.length = 0
      settings.onReset?.()
    },
  }

  function handle(request: SimulatedRequest): Outcome {
    if (!isFromHere(request) && !isVisit(request)) {
      const error = 'Only programs and pages of this PC may do that'
      return { kind: 'reply', reply: { status: 403, body: { error } } }
    }
    const { pathname } = request.url
    if (request.method === 'GET' && (pathname === '/' || pathname === '/_simulator/page')) {
      const texts = languages.textsFor(request.headers['accept-language'])
      const reply = pathname === '/' ? pageReply(controls.look(), texts) : sectionsReply(controls.look(), texts)
      return { kind: 'reply', reply }
    }
    if (pathname.startsWith('/_simulator/')) return { kind: 'reply', reply: controlReply(controls, request) }
    requests += 1
    const before = eachOf(clouds, (cloud) => cloud.accepted())
    const outcome = cloudOutcome(request)
    const after = Object.entries(clouds).map(([name, cloud]) => [name, cloud.accepted() - (before[name] ?? 0)] as const)
    const record: RequestRecord = {
      receivedMs: request.receivedMs,
      method: request.method,
      path: pathname,
      bodyBytes: request.body.length,
      status: outcome.kind === 'reply' ? outcome.reply.status : 0,
      accepted: Object.fromEntries(after.filter(([, count]) => count > 0)),
    }
    latest.push(record)
    if (latest.length > mostRequests) latest.shift()
    settings.onRequest?.(record)
    return outcome
  }

  function cloudOutcome(request: SimulatedRequest): Outcome {
    const strike = faultBoard.strike(request, (refusal: Refusal) =>
      firstOf(clouds, (cloud) => cloud.refuse(request, refusal)),
    )
    if (strike.line === 'reset') return { kind: 'reset' }
    const reply = strike.refusal ?? answer(clouds, request)
    if (strike.line === 'reply-lost') return { kind: 'reset' }
    return { kind: 'reply', reply, delayMs: strike.delayMs, torn: strike.line === 'bad-json' }
  }

  const server = await listen({ host, port, maxBodyBytes, maxUnfinishedBytes, now, handle })
  const urlHost = host.includes(':') ? `[${host}]` : host
  url = `http://${urlHost}:${server.port}`
  return { ...controls, url, port: server.port, close: server.close }
}

function answer(clouds: Record<string, SimulatedCloud>, request: SimulatedRequest): SimulatedReply {
  try {
    return (
      firstOf(clouds, (cloud) => cloud.handle(request)) ?? {
        status: 404,
        body: { error: `No simulated cloud has ${request.method} ${request.url.pathname}` },
      }
    )
  } catch (error) {
    return { status: 500, body: { error: `The simulator itself failed: ${(error as Error).message}` } }
  }
}

function eachOf<T>(clouds: Record<string, SimulatedCloud>, ask: (cloud: SimulatedCloud) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(clouds).map(([name, cloud]) => [name, ask(cloud)]))
}

function firstOf<T>(
  clouds: Record<string, SimulatedCloud>,
  ask: (cloud: SimulatedCloud) => T | undefined,
): T | undefined {
  for (const cloud of Object.values(clouds)) {
    const result = ask(cloud)
    if (result !== undefined) return result
  }
  return undefined
}
