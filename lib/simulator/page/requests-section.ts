import { cut } from './cut'
import { html, type Markup } from './markup'
import type { PageTexts } from './texts'

export interface RequestSeen {
  receivedMs: number
  method: string
  path: string
  /** 0 where the connection was reset without an answer. */
  status: number
}

/** The latest requests to the clouds, newest first. */
export function requestsSection(requests: readonly RequestSeen[], texts: PageTexts): Markup {
  const heading = html`<h2 id="requests-heading">${texts.text('requests.heading')}</h2>`
  if (requests.length === 0) return html`${heading}<p>${texts.text('requests.none')}</p>`
  const columns = ['time', 'request', 'answer'].map(
    (name) => html`<th scope="col">${texts.text(`requests.${name}`)}</th>`,
  )
  const rows = requests
    .toReversed()
    .map(
      ({ receivedMs, method, path, status }) =>
        html`<tr><td>${texts.time(receivedMs)}</td><td><code>${cut(method, 10)} ${cut(path, 150)}</code></td><td class="${status === 0 || status >= 400 ? 'bad' : 'good'}">${status || texts.text('requests.cut')}</td></tr>`,
    )
  return html`${heading}<table class="requests"><thead><tr>${columns}</tr></thead><tbody>${rows}</tbody></table>`
}
