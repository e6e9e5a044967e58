import type { SeriesView, StreamView } from '../cloud'
import { cut } from './cut'
import { html, type Markup } from './markup'
import { plot } from './plot'
import type { PageTexts } from './texts'

/** What one cloud has received. */
export interface Received {
  figures: Record<string, number>
  streams: readonly StreamView[]
}

const cloudNames: Readonly<Record<string, string>> = { enos: 'EnOS', thingplus: 'Thing+' }

export function receivedSection(clouds: Record<string, Received>, texts: PageTexts): Markup {
  const parts = Object.entries(clouds).map(([cloud, { figures, streams }]) => {
    const counts = Object.entries(figures).map(
      ([name, count]) => html`<div><dt>${texts.text(`figure.${name}`)}</dt><dd>${texts.number(count)}</dd></div>`,
    )
    // By name, so that they stay in their places while values come in.
    const sorted = [...streams].sort((one, other) => (one.stream < other.stream ? -1 : 1))
    const shown = sorted.map((stream) => streamCard(stream, texts))
    return html`<h3>${cloudNames[cloud] ?? cloud}</h3><dl class="figures">${counts}</dl><div class="streams">${shown}</div>`
  })
  const isEmpty = Object.values(clouds).every(({ streams }) => streams.length === 0)
  const hint = isEmpty ? html`<p>${texts.text('received.none')}</p>` : undefined
  return html`<h2 id="received-heading">${texts.text('received.heading')}</h2>${hint}${parts}`
}

function streamCard({ stream, name, accepted, series, more }: StreamView, texts: PageTexts): Markup {
  const rest =
    more > 0 ? html`<p class="more">${texts.text('received.more', { count: texts.number(more) })}</p>` : undefined
  return html`<article><h4>${cut(name, 60)} <code>${cut(stream, 120)}</code></h4><p class="accepted">${texts.text('received.accepted', { count: texts.number(accepted) })}</p>${series.map((one) => seriesView(one, texts))}${rest}</article>`
}

function seriesView({ id, points }: SeriesView, texts: PageTexts): Markup {
  const sorted = points.toSorted((one, other) => one.timeMs - other.timeMs)
  const latest = sorted.at(-1)
  const numbers = sorted.flatMap(({ value }) => numberIn(value) ?? [])
  const name = cut(id, 60)
  const value = latest ? shown(latest.value, texts) : ''
  return html`<div class="series"><span class="id">${name}</span><b>${value}</b>${plot(numbers, `${name}: ${value}`)}<time>${latest && texts.time(latest.timeMs)}</time></div>`
}

/** Thing+ has its numbers as texts. */
function numberIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.length < 40 && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function shown(value: unknown, texts: PageTexts): string {
  const number = numberIn(value)
  if (number !== undefined) return texts.number(number)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}'
  return cut(String(value), 40)
}
