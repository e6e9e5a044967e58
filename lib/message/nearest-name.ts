const longestName = 64
/** More names than a model has; each costs some microseconds. */
const mostNames = 5_000

/** The name that becomes the wanted one by the fewest changed letters; `undefined` where none is near. */
export function nearestName(names: Iterable<string>, wanted: string): string | undefined {
  const cut = wanted.slice(0, longestName).toLowerCase()
  const farthest = Math.max(2, Math.floor(cut.length / 3))
  let best: { name: string; distance: number } | undefined
  let seen = 0
  for (const name of names) {
    seen += 1
    if (seen > mostNames) break
    if (Math.abs(name.length - cut.length) > farthest) continue
    const distance = editDistance(name.slice(0, longestName).toLowerCase(), cut)
    if (distance <= farthest && (!best || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** How many letters have to be changed, added or taken away. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, target] of [...to].entries()) {
      const replace = (row[column] ?? 0) + (letter === target ? 0 : 1)
      next.push(Math.min(replace, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
