import type { NodeStatus } from 'node-red'
import type { LaneFigures } from '../outbox'
import type { WayFigures } from './way-figures'

type ShownState = LaneFigures['state'] | 'delivered' | 'aside' | 'clock-not-set'

const looks: Record<ShownState, { fill: NodeStatus['fill']; shape: NodeStatus['shape'] }> = {
  delivered: { fill: 'green', shape: 'dot' },
  online: { fill: 'blue', shape: 'dot' },
  aside: { fill: 'yellow', shape: 'dot' },
  offline: { fill: 'yellow', shape: 'ring' },
  unclear: { fill: 'yellow', shape: 'ring' },
  throttled: { fill: 'yellow', shape: 'dot' },
  'auth-blocked': { fill: 'red', shape: 'ring' },
  billing: { fill: 'red', shape: 'ring' },
  parked: { fill: 'red', shape: 'ring' },
  'clock-not-set': { fill: 'red', shape: 'ring' },
  paused: { fill: 'grey', shape: 'ring' },
  detached: { fill: 'grey', shape: 'ring' },
}

/**
 * State, how many wait, how old the oldest is, and how many dead letters there are: `offline 12.3k · 3 h · 4 dead`. At most
 * 20 characters in English without dead letters, 30 with them. Dead letters are never green.
 */
export function laneBadge(figures: WayFigures, translated: (key: string) => string): NodeStatus {
  const { pending, oldestAgeMs, dead, stranded, former } = figures
  const state = stateOf(figures)
  if (former && state === 'delivered') return formerBadge(former, translated)
  if (stranded && state === 'delivered') return strandedBadge(stranded, translated)
  const word = translated(wordKey(state, figures))
  const count = shortCount(state === 'delivered' ? figures.delivered : pending)
  const loginMs = state === 'clock-not-set' ? undefined : loginInMs(figures)
  const age = pending > 0 && oldestAgeMs !== undefined && state !== 'clock-not-set' ? ` · ${shortAge(oldestAgeMs)}` : ''
  const letters = dead > 0 ? ` · ${shortCount(dead)} ${translated('lane.dead')}` : ''
  const text = loginMs === undefined ? `${word} ${count}${age}` : `${countdown(loginMs, translated)} · ${count}`
  return { ...lookOf(state, dead > 0), text: `${text}${letters}` }
}

/** Behind a login page there is a connection, but no cloud. */
function wordKey(state: ShownState, { lastError }: LaneFigures): string {
  if (state === 'clock-not-set') return 'status.CLOCK_NOT_SET'
  const isBehindPage = (state === 'offline' || state === 'unclear') && lastError?.code === 'NETWORK_WEB_PAGE'
  return isBehindPage ? 'lane.page' : `lane.${state}`
}

/** How long a lane still waits for its next login, so that EnOS does not block the device. */
export function loginInMs({ state, lastError, retryInMs }: LaneFigures): number | undefined {
  return state === 'throttled' && lastError?.code === 'AUTH_LOGIN_LIMIT' ? retryInMs : undefined
}

/** `login in 95 s` */
export function countdown(waitMs: number, translated: (key: string) => string): string {
  return `${translated('lane.login')} ${Math.ceil(waitMs / 1_000)} s`
}

/** What goes well otherwise is a warning where there are dead letters. */
function lookOf(state: ShownState, hasDead: boolean): (typeof looks)[ShownState] {
  return hasDead && (state === 'delivered' || state === 'online') ? looks.aside : looks[state]
}

/** Whether nothing keeps the lane from sending. */
export const isWell = ({ state, parkedStreams, waitsForClock }: LaneFigures): boolean =>
  state === 'online' && parkedStreams === 0 && !waitsForClock

function stateOf({ state, pending, parkedStreams, waitsForClock }: LaneFigures): ShownState {
  if (waitsForClock && state !== 'paused') return 'clock-not-set'
  if (state !== 'online') return state
  if (pending === 0) return 'delivered'
  return parkedStreams > 0 ? 'aside' : 'online'
}

const longestAccount = 20

/** All that is sent has arrived, but something waits that nothing sends: `10 wait for d1x`. */
function strandedBadge(
  { pending, account }: NonNullable<WayFigures['stranded']>,
  translated: (key: string) => string,
): NodeStatus {
  const name = account.length > longestAccount ? `${account.slice(0, longestAccount)}…` : account
  return { fill: 'yellow', shape: 'dot', text: `${shortCount(pending)} ${translated('lane.stranded')} ${name}` }
}

/** The same of what waits in a folder that the outbox had before: `old folder 10`. */
function formerBadge({ records }: NonNullable<WayFigures['former']>, translated: (key: string) => string): NodeStatus {
  const count = records === undefined ? '?' : shortCount(records)
  return { fill: 'yellow', shape: 'dot', text: `${translated('lane.former')} ${count}` }
}

export function shortCount(count: number): string {
  if (count < 10_000) return String(count)
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`
}

function shortAge(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}
