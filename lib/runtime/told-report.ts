import type { Rejected, ValueReport } from '../message'

export type Told = {
  rejected?: readonly Rejected[]
  rejectedCount?: number
  warnings?: readonly Rejected[]
  warningCount?: number
}

/** What a receipt says of it: the first hundred, and how many there are; nothing where all could be sent. */
export function toldIn(report: ValueReport): Told {
  const { count, listed, warningCount, warnings } = report
  if (count + warningCount === 0) return {}
  return {
    ...(count > 0 ? { rejected: listed, rejectedCount: count } : {}),
    ...(warningCount > 0 ? { warnings, warningCount } : {}),
  }
}
