import { type Fault, faultKinds } from '../faults'
import { cut } from './cut'
import { html, type Markup } from './markup'
import type { PageTexts } from './texts'

const mostOthers = 20

/** A switch for each kind of fault, and below what flows and programs have set with conditions of their own. */
export function faultsSection(faults: readonly (Fault & { hits: number })[], texts: PageTexts): Markup {
  const others = faults.filter((fault) => !isPlain(fault))
  const switches = faultKinds.map((kind) => {
    const on = faults.find((fault) => fault.kind === kind && isPlain(fault))
    const id = `fault-${kind}`
    const box = on
      ? html`<input type="checkbox" role="switch" id="${id}" data-fault="${kind}" checked>`
      : html`<input type="checkbox" role="switch" id="${id}" data-fault="${kind}">`
    return html`<li>${box}<label for="${id}"><b>${texts.text(`fault.${kind}`)}</b> ${on && hits(on, texts)}<small>${texts.text(`effect.${kind}`)}</small></label></li>`
  })
  return html`<h2 id="faults-heading">${texts.text('faults.heading')}</h2><p>${texts.text('faults.intro')}</p><ul class="switches">${switches}</ul>${others.length > 0 ? othersList(others, texts) : undefined}`
}

function othersList(others: readonly (Fault & { hits: number })[], texts: PageTexts): Markup {
  const shown = others
    .slice(0, mostOthers)
    .map((fault) => html`<li><code>${told(fault)}</code> ${hits(fault, texts)}</li>`)
  return html`<p>${texts.text('faults.others')}</p><ul class="others">${shown}</ul><button type="button" id="end-faults">${texts.text('faults.end')}</button>`
}

const hits = ({ hits: count }: { hits: number }, texts: PageTexts): Markup =>
  html`<span class="hits">${texts.text('faults.hits', { count: texts.number(count) })}</span>`

const isPlain = (fault: Fault & { hits: number }) => Object.keys(fault).length === 2

/** As it is written on the command line: `throttled, path=/topic, times=3`. */
function told({ kind, hits: _hits, ...settings }: Fault & { hits: number }): string {
  return [kind, ...Object.entries(settings).map(([name, value]) => `${name}=${cut(String(value), 60)}`)].join(', ')
}
