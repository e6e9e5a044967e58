/** Bars that show what ways of sending are compared, and by which row and column of docs/measured.md. */
const panels: readonly { title: string; bars: readonly (readonly [label: string, row: string, column: number])[] }[] = [
  {
    title: 'One value a message',
    bars: [
      ['wired by hand', 'direct, one point a message, 64 in flight / by hand', 3],
      ['direct', 'direct, one point a message, 64 in flight / by hand', 2],
      ['batches of 100 by hand', 'outbox, one point a message / core batch node (100) by hand', 3],
      ['outbox, on disk first', 'outbox, one point a message / core batch node (100) by hand', 2],
    ],
  },
  {
    title: 'Arrays of 1,000',
    bars: [
      ['bare got', 'direct, arrays of 1,000 / bare got', 3],
      ['direct', 'direct, arrays of 1,000 / bare got', 2],
      ['outbox, on disk first', 'outbox, arrays of 1,000 / core batch node (100) by hand', 2],
    ],
  },
]

const labelWidth = 200
const barsWidth = 420
const lineHeight = 30

/** The figures of the latest table of docs/measured.md as an SVG that can be read on light and dark pages. */
export function chartOf(measured: string): string {
  const cellsOf = (name: string) => {
    const row = measured.split('\n').findLast((line) => line.startsWith(`| ${name} |`))
    if (!row) throw new Error(`docs/measured.md has no row ${name}`)
    return row.split('|').map((cell) => cell.trim())
  }
  let y = 0
  const drawn = panels.flatMap(({ title, bars }) => {
    const figures = bars.map(([label, row, column]) => ({ label, text: cellsOf(row)[column + 1] ?? '' }))
    const numbers = figures.map(({ text }) => Number(text.replaceAll(',', '')))
    const most = Math.max(...numbers)
    const lines = figures.map(({ label, text }, index) => {
      const width = Math.max(2, Math.round((barsWidth * (numbers[index] ?? 0)) / most))
      const top = y + 36 + index * lineHeight
      const isOurs = label === 'direct' || label.startsWith('outbox')
      return [
        `<text x="${labelWidth - 10}" y="${top + 15}" text-anchor="end">${label}</text>`,
        `<rect x="${labelWidth}" y="${top}" width="${width}" height="20" rx="3" fill="${isOurs ? '#2a7fb8' : '#b3bcc4'}"/>`,
        `<text x="${labelWidth + width + 8}" y="${top + 15}">${text}</text>`,
      ].join('')
    })
    const heading = `<text x="${labelWidth}" y="${y + 24}" font-weight="bold">${title}: values a second</text>`
    y += 36 + bars.length * lineHeight + 6
    return [heading, ...lines]
  })
  const width = labelWidth + barsWidth + 100
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 10}" viewBox="0 0 ${width} ${y + 10}" font-family="sans-serif" font-size="14" fill="#1b2733">`,
    '<title>Values a second: these nodes beside what is wired by hand</title>',
    '<rect width="100%" height="100%" rx="8" fill="#fff"/>',
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}
