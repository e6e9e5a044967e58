import type { History } from './history'
import type { Outcome } from './world'

/** More runs don't make it much smaller. */
const mostRuns = 400

export interface Shrunk {
  readonly history: History
  /** Of the events that are left, their places in the whole history. */
  readonly kept: readonly number[]
  readonly runs: number
}

/** The history with these events only. */
export function withOnly(history: History, kept: readonly number[]): History {
  return { ...history, events: history.events.filter((_, at) => kept.includes(at)) }
}

/** Leaves out events, many at a time and then one by one, as long as the same kind of thing goes wrong without them. */
export async function shrink(
  history: History,
  kind: string,
  play: (history: History) => Promise<Outcome>,
): Promise<Shrunk> {
  let kept = history.events.map((_, at) => at)
  let runs = 0
  const stillFails = async (candidate: readonly number[]) => {
    runs++
    return (await play(withOnly(history, candidate))).violation?.kind === kind
  }
  for (let size = Math.ceil(kept.length / 2); size >= 1 && runs < mostRuns; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let isSmaller = true; isSmaller && runs < mostRuns; ) {
      isSmaller = false
      for (let from = 0; from < kept.length && runs < mostRuns; ) {
        const candidate = [...kept.slice(0, from), ...kept.slice(from + size)]
        if (await stillFails(candidate)) {
          kept = candidate
          isSmaller = true
        } else from += size
      }
    }
  }
  return { history: withOnly(history, kept), kept, runs }
}
