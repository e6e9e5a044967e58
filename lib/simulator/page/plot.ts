import { html, type Markup } from './markup'

const width = 240
const height = 44
const margin = 3

/**
 * A line through numbers, one after the other, whatever their times: a history of weeks and a value a second are both seen.
 * @param title what a screen reader says
 */
export function plot(numbers: readonly number[], title: string): Markup {
  if (numbers.length === 0) return html``
  // Halved, so that the span of any two numbers is a number.
  const halves = numbers.map((number) => number / 2)
  const least = Math.min(...halves)
  const span = Math.max(...halves) - least
  const step = numbers.length > 1 ? (width - 2 * margin) / (numbers.length - 1) : 0
  const y = (half: number) =>
    span > 0 ? height - margin - ((half - least) / span) * (height - 2 * margin) : height / 2
  const points = halves.map((half, index) => `${(margin + index * step).toFixed(1)},${y(half).toFixed(1)}`)
  const [lastX, lastY] = points.at(-1)?.split(',') ?? []
  return html`<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><polyline points="${points.join(' ')}"/><circle cx="${lastX}" cy="${lastY}" r="2.5"/></svg>`
}
