import { createHash } from 'node:crypto'
import type { DemoAccount, SimulatedReply } from '../cloud'
import type { Fault } from '../faults'
import { faultsSection } from './faults-section'
import { liveScript } from './live-script'
import { html, Markup } from './markup'
import { type Received, receivedSection } from './received-section'
import { type RequestSeen, requestsSection } from './requests-section'
import { pageStyle } from './style'
import type { PageTexts } from './texts'

/** What the page shows. */
export interface Look {
  url: string
  clouds: Record<string, Received>
  faults: readonly (Fault & { hits: number })[]
  /** The latest ones, oldest first. */
  requests: readonly RequestSeen[]
  accounts: readonly DemoAccount[]
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * Nothing runs and nothing is loaded but what is written here, whatever a message holds; and no other page may show this one
 * in a frame, where a click on it would be somebody else's.
 */
const contentSecurity = [
  "default-src 'none'",
  `script-src ${hashOf(liveScript)}`,
  `style-src ${hashOf(pageStyle)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const guards = {
  'cache-control': 'no-store',
  'content-security-policy': contentSecurity,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** The whole page, as it is when it opens. */
export function pageReply(look: Look, texts: PageTexts): SimulatedReply {
  const { received, faults, requests } = sections(look, texts)
  const page = html`<!DOCTYPE html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${texts.text('page.title')}</title>
<link rel="icon" href="data:,">
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<header>
<h1>${texts.text('page.title')} <code>${look.url}</code></h1>
<p>${texts.text('page.intro')}</p>
<p class="gone" role="status" data-gone="${texts.text('page.gone')}"></p>
</header>
<main>
<section id="received" aria-labelledby="received-heading">${received}</section>
<div class="side">
<section id="faults" aria-labelledby="faults-heading">${faults}</section>
<section id="connect" aria-labelledby="connect-heading">${connectSection(look.accounts, texts)}</section>
</div>
<section id="requests" aria-labelledby="requests-heading">${requests}</section>
</main>
<script>${new Markup(liveScript)}</script>
</body>
</html>
`
  const headers = { ...guards, 'content-type': 'text/html; charset=utf-8', 'content-language': texts.language }
  return { status: 200, headers, body: page.html }
}

/** What changes on the page, as HTML by the id of its section. */
export function sectionsReply(look: Look, texts: PageTexts): SimulatedReply {
  const changing = Object.entries(sections(look, texts)).map(([id, section]) => [id, section.html])
  return { status: 200, headers: guards, body: Object.fromEntries(changing) }
}

function sections({ clouds, faults, requests }: Look, texts: PageTexts) {
  return {
    received: receivedSection(clouds, texts),
    faults: faultsSection(faults, texts),
    requests: requestsSection(requests, texts),
  }
}

function connectSection(accounts: readonly DemoAccount[], texts: PageTexts): Markup {
  const tables = accounts.map(
    ({ type, settings }) =>
      html`<table><caption>${texts.text(`connect.${type}`)}</caption><tbody>${Object.entries(settings).map(
        ([name, value]) => html`<tr><th scope="row">${texts.label(type, name)}</th><td><code>${value}</code></td></tr>`,
      )}</tbody></table>`,
  )
  const intro = texts.text(accounts.length > 0 ? 'connect.intro' : 'connect.none')
  return html`<h2 id="connect-heading">${texts.text('connect.heading')}</h2><p>${intro}</p>${tables}`
}
