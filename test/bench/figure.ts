/** One line of the table: what was measured on both sides in each round, and how it is held against its goal. */
export interface Figure {
  what: string
  unit: string
  ours: readonly number[]
  /** What it is measured against; none for a goal in absolute terms. */
  baseline?: readonly number[]
  /** How a round's two sides become one number; `absolute` looks at ours alone. */
  compare: 'ratio' | 'difference' | 'absolute'
  goal?: { least: number } | { most: number }
}

export interface Result extends Figure {
  median: number
  spread: readonly [least: number, most: number]
  isMet: boolean | undefined
}

export function resultOf(figure: Figure): Result {
  const { ours, baseline = [], compare, goal } = figure
  const values = ours.map((own, round) => {
    const other = baseline[round] ?? Number.NaN
    if (compare === 'absolute') return own
    return compare === 'ratio' ? own / other : own - other
  })
  const middle = median(values)
  const isMet = goal && ('least' in goal ? middle >= goal.least : middle <= goal.most)
  return { ...figure, median: middle, spread: [Math.min(...values), Math.max(...values)], isMet }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 0 ? (upper + (sorted[half - 1] ?? Number.NaN)) / 2 : upper
}

/** The results as a Markdown table. */
export function table(results: readonly Result[]): string {
  return [
    '| what | unit | ours | baseline | compared | spread | goal | |',
    '|---|---|---:|---:|---:|---:|---:|---|',
    ...results.map(line),
  ].join('\n')
}

function line({ what, unit, ours, baseline, compare, median: middle, spread, goal, isMet }: Result): string {
  const value = (number: number) => {
    if (compare === 'ratio') return `${number.toFixed(2)} ×`
    return compare === 'difference' && number >= 0 ? `+${short(number)}` : short(number)
  }
  const wanted = goal && ('least' in goal ? `≥ ${value(goal.least)}` : `≤ ${value(goal.most)}`)
  const cells = [
    what,
    unit,
    short(median(ours)),
    baseline ? short(median(baseline)) : '',
    value(middle),
    `${value(spread[0])} to ${value(spread[1])}`,
    wanted ?? '',
    isMet === undefined ? '' : isMet ? 'met' : '**NOT met**',
  ]
  return `| ${cells.join(' | ')} |`
}

function short(number: number): string {
  if (Math.abs(number) >= 100) return Math.round(number).toLocaleString('en-US')
  return number.toFixed(Math.abs(number) >= 10 ? 1 : 2)
}
