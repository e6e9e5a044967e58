import type { CloudMood, DeviceFault, Gateway } from './cloud'
import type { NetworkWeather } from './network'
import { Random } from './random'

/** What happens, and when. Plain data, so that it can be printed, shortened and told again. */
export type Event =
  | {
      readonly do: 'accept'
      readonly gateway: number
      readonly streams: readonly number[]
      readonly count: number
      readonly badShare: number
      readonly ageMs: number
    }
  | { readonly do: 'network'; readonly weather: Partial<NetworkWeather>; readonly forMs: number }
  | { readonly do: 'cloud'; readonly mood: CloudMood; readonly retryAfterSeconds?: number; readonly forMs: number }
  | {
      readonly do: 'device'
      readonly gateway: number
      readonly stream: number
      readonly fault: DeviceFault
      readonly forMs: number
    }
  | { readonly do: 'lose-sessions' }
  | { readonly do: 'refuse-logins'; readonly forMs: number }
  | { readonly do: 'slow-disk'; readonly mostMs: number; readonly forMs: number }
  /** A share of what is written fails for another reason. */
  | { readonly do: 'full-disk'; readonly share: number; readonly forMs: number }
  | {
      readonly do: 'failing-disk'
      readonly share: number
      readonly unreadableShare: number
      readonly opensFail: boolean
      readonly forMs: number
    }
  | { readonly do: 'kill' | 'power-cut'; readonly afterOperations: number; readonly downMs: number }
  | { readonly do: 'restart'; readonly downMs: number }
  | { readonly do: 'deploy' }
  | { readonly do: 'flush' }
  | { readonly do: 'dead-letters'; readonly how: 'retry' | 'drop' }
  | { readonly do: 'set-clock'; readonly byMs: number }

export interface Timed {
  readonly atMs: number
  readonly event: Event
}

export interface History {
  readonly seed: number
  readonly gateways: readonly { readonly streams: number }[]
  readonly maxBytes: number
  readonly whenFull: 'refuse' | 'evict-oldest'
  readonly deadShare: number
  /** What waits so long is evicted. */
  readonly maxAgeMs: number | undefined
  /** What devices on their own ways hold of the queue; little, so that they often come to read more of what was left. */
  readonly asideRecords: number
  readonly liveLimitMs: number
  /** `stream`: a request holds values of one device only, as at Thing+. */
  readonly batching: 'lane' | 'stream'
  readonly events: readonly Timed[]
  /** Faults of single devices never end: their own values wait, and nobody else's. */
  readonly keepsDeviceFaults: boolean
  /** By then every trouble is over. */
  readonly endMs: number
}

const minuteMs = 60_000

/** What the seed means. */
export function historyOf(seed: number): History {
  const random = new Random(seed, 'history')
  const gateways = Array.from({ length: random.of([1, 1, 1, 2, 2, 3]) }, () => ({ streams: random.whole(1, 6) }))
  const isSmall = random.chance(0.25)
  const lengthMs = random.spread(minuteMs, 40 * minuteMs)
  const count = Math.round(random.spread(4, 40))
  const events = Array.from({ length: count }, (): Timed => {
    return { atMs: Math.round(random.between(0, lengthMs)), event: anyEvent(random, gateways) }
  }).sort((one, other) => one.atMs - other.atMs)
  const batching = random.of<History['batching']>(['lane', 'lane', 'stream'])
  return {
    seed,
    gateways,
    // Of the larger ones none is ever full; the less they are, the shorter are the segments of the log.
    maxBytes: isSmall
      ? Math.round(random.spread(20_000, 200_000))
      : new Random(seed, 'cap').of([2 ** 30, 2 ** 24, 2 ** 22]),
    whenFull: isSmall && random.chance(0.6) ? 'evict-oldest' : 'refuse',
    deadShare: random.of([0.05, 0.05, 0.01]),
    maxAgeMs: new Random(seed, 'age').of([undefined, undefined, 5 * minuteMs, 20 * minuteMs]),
    asideRecords: new Random(seed, 'aside').of([16_000, 160, 40]),
    liveLimitMs: batching === 'stream' ? 0 : random.of([60_000, 60_000, 0]),
    batching,
    keepsDeviceFaults: random.chance(0.3),
    endMs: Math.round(lengthMs),
    events: [{ atMs: 0, event: accepting(random, gateways) }, ...events],
  }
}

function anyEvent(random: Random, gateways: History['gateways']): Event {
  const forMs = Math.round(random.spread(1_000, 10 * minuteMs))
  const roll = random.next()
  if (roll < 0.4) return accepting(random, gateways)
  if (roll < 0.52) return { do: 'network', weather: badLine(random), forMs }
  if (roll < 0.6) return troubledCloud(random, forMs)
  if (roll < 0.68) {
    const gateway = random.whole(0, gateways.length - 1)
    const stream = random.whole(0, (gateways[gateway]?.streams ?? 1) - 1)
    return { do: 'device', gateway, stream, fault: random.of(['unknown', 'sick', 'slow']), forMs }
  }
  if (roll < 0.71) return { do: 'lose-sessions' }
  if (roll < 0.72) return { do: 'refuse-logins', forMs }
  if (roll < 0.76) return { do: 'slow-disk', mostMs: Math.round(random.spread(20, 3_000)), forMs }
  if (roll < 0.78) return { do: 'full-disk', share: random.of([0, 0, 0.2]), forMs }
  if (roll < 0.82)
    return {
      do: 'failing-disk',
      share: random.of([0.05, 0.3, 1]),
      unreadableShare: random.of([0, 0, 0.05]),
      opensFail: random.chance(0.1),
      forMs: Math.min(forMs, minuteMs),
    }
  if (roll < 0.9) {
    const downMs = Math.round(random.spread(500, 5 * minuteMs))
    return { do: random.of(['kill', 'power-cut']), afterOperations: random.whole(0, 60), downMs }
  }
  if (roll < 0.92) return { do: 'restart', downMs: Math.round(random.spread(500, 2 * minuteMs)) }
  if (roll < 0.96) return { do: 'deploy' }
  if (roll < 0.97) return { do: 'flush' }
  if (roll < 0.99) return { do: 'dead-letters', how: random.of(['retry', 'drop']) }
  return { do: 'set-clock', byMs: random.of([-1, 1]) * Math.round(random.spread(1_000, 365 * 24 * 60 * minuteMs)) }
}

function accepting(random: Random, gateways: History['gateways']): Event {
  const gateway = random.whole(0, gateways.length - 1)
  const streams = random.some(Array.from({ length: gateways[gateway]?.streams ?? 1 }, (_, stream) => stream))
  return {
    do: 'accept',
    gateway,
    streams,
    count: Math.round(random.spread(1, 300)),
    badShare: random.of([0, 0, 0, 0.01, 0.1, 0.5]),
    ageMs: random.of([0, 0, 2 * minuteMs]),
  }
}

function badLine(random: Random): Partial<NetworkWeather> {
  return random.of<Partial<NetworkWeather>>([
    { line: 'refused' },
    { line: 'unknown-name' },
    { line: 'black-hole' },
    { line: 'portal' },
    { leastMs: 200, mostMs: random.spread(500, 40_000) },
    { lostRequests: random.of([0.05, 0.3]), lostAnswers: random.of([0.05, 0.3]), stalledAnswers: random.of([0, 0.05]) },
  ])
}

function troubledCloud(random: Random, forMs: number): Event {
  const mood = random.of<CloudMood>(['down', 'throttling', 'refusing', 'empty'])
  if (mood !== 'throttling') return { do: 'cloud', mood, forMs }
  const retryAfterSeconds = random.of<number | undefined>([undefined, 0, 1, 20, 120])
  return { do: 'cloud', mood, forMs, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
}

export function gatewaysOf({ gateways }: History): Gateway[] {
  return gateways.map(({ streams }, number) => {
    const names = Array.from({ length: streams }, (_, at) =>
      at === 0 ? `pk/gateway${number}` : `pk/device${number}-${at}`,
    )
    return { productKey: 'pk', deviceKey: `gateway${number}`, deviceSecret: `secret${number}`, streams: names }
  })
}

export function described({ do: what, ...rest }: Event): string {
  return Object.keys(rest).length > 0 ? `${what} ${JSON.stringify(rest)}` : what
}

/** One line for each, for people. */
export function told({ seed: _seed, endMs: _endMs, gateways, events, ...settings }: History): string {
  const streams = gateways.map((gateway) => gateway.streams)
  const site = JSON.stringify({ streams, ...settings })
  const lines = events.map(({ atMs, event }) => `${(atMs / 1000).toFixed(1).padStart(9)} s  ${described(event)}`)
  return [`site ${site}`, ...lines].join('\n')
}
