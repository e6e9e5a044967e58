export interface Row {
  readonly fault: string
  readonly repetitions: number
  readonly accepted: number
  readonly lost: number
  readonly duplicated: number
}

/** The result, as a Markdown table. */
export function table(rows: readonly Row[]): string {
  return [
    '| fault | repetitions | accepted | lost | duplicated |',
    '|---|---:|---:|---:|---:|',
    ...rows.map(
      ({ fault, repetitions, accepted, lost, duplicated }) =>
        `| ${fault} | ${repetitions} | ${accepted} | ${lost} | ${duplicated} |`,
    ),
  ].join('\n')
}
