const sliceLength = 500
const done = Promise.resolve()

/**
 * Does the work for each item, no more than 500 in a turn of the event loop, so that long lists never hold up Node-RED,
 * however many come at the same time.
 * A list of 500 is done when this returns.
 * @throws what the work throws, at once or later; the rest is left undone
 */
export function inSlices<T>(items: readonly T[], work: (item: T, index: number) => void): Promise<void> {
  if (items.length > sliceLength) return inTurns(items, work)
  workOff(items, work, 0)
  return done
}

async function inTurns<T>(items: readonly T[], work: (item: T, index: number) => void): Promise<void> {
  for (let start = 0; start < items.length; start += sliceLength) {
    // The first slice of a list that is alone needs no turn of its own.
    if (start > 0 || waiting.length > 0) await ownTurn()
    workOff(items, work, start)
  }
}

const waiting: (() => void)[] = []

/** A turn of the event loop that no other long list gets: many at the same time take as long a turn as one does. */
function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(giveTurn)
  })
}

function giveTurn(): void {
  waiting[0]?.()
  waiting.shift()
  if (waiting.length > 0) setImmediate(giveTurn)
}

function workOff<T>(items: readonly T[], work: (item: T, index: number) => void, start: number): void {
  const end = Math.min(start + sliceLength, items.length)
  for (let index = start; index < end; index++) work(items[index] as T, index)
}
