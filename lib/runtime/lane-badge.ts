import type { NodeStatus } from 'node-red'
import type { LaneFigures } from '../outbox'

const looks: Record<LaneFigures['state'], { fill: NodeStatus['fill']; shape: NodeStatus['shape'] }> = {
  online: { fill: 'green', shape: 'dot' },
  offline: { fill: 'yellow', shape: 'ring' },
  throttled: { fill: 'yellow', shape: 'dot' },
  'auth-blocked': { fill: 'red', shape: 'ring' },
  billing: { fill: 'red', shape: 'ring' },
  parked: { fill: 'red', shape: 'ring' },
  paused: { fill: 'grey', shape: 'ring' },
  detached: { fill: 'grey', shape: 'ring' },
}

/** State, how many wait, how old the oldest is: `offline 12.3k · 3 h`. At most 20 characters in English. */
export function laneBadge(figures: LaneFigures, translated: (key: string) => string): NodeStatus {
  const { state, pending, oldestAgeMs } = figures
  const look = pending > 0 && state === 'online' ? { fill: 'blue' as const, shape: 'dot' as const } : looks[state]
  const word = translated(pending === 0 && state === 'online' ? 'lane.delivered' : `lane.${state}`)
  const count = shortCount(pending === 0 && state === 'online' ? figures.delivered : pending)
  const age = pending > 0 && oldestAgeMs !== undefined ? ` · ${shortAge(oldestAgeMs)}` : ''
  return { ...look, text: `${word} ${count}${age}` }
}

function shortCount(count: number): string {
  if (count < 10_000) return String(count)
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`
}

function shortAge(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}
