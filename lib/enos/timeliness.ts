/**
 * Which measurepoints count as live: `post` raises alarms and feeds stream processing, `resume` only stores.
 * `by-age` resumes what is older than a minute.
 */
export type Timeliness = 'post' | 'resume' | 'by-age'

const liveForMs = 60_000

export function isLate({ timeMs }: { timeMs: number }, timeliness: Timeliness, nowMs: number): boolean {
  return timeliness === 'resume' || (timeliness === 'by-age' && nowMs - timeMs > liveForMs)
}
