import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** Serious and critical faults of accessibility that axe finds in the open dialog, by its rules. */
export async function axeFaults(page: Page): Promise<string[]> {
  // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
  if (!(await page.evaluate(() => (globalThis as any).axe !== undefined))) {
    await page.addScriptTag({ content: axe })
    // The editor's body has no height and hides what flows over it. That takes in nothing, since all in it is positioned; but
    // axe would take everything for hidden, and judge neither contrast nor visible labels.
    await page.addStyleTag({ content: 'body { height: 100vh !important }' })
  }
  const { violations, passes } = (await page.evaluate(() =>
    // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page
    (globalThis as any).axe.run('.red-ui-tray:last-child .edgecourier'),
  )) as AxeResults
  const judged = [...passes, ...violations]
    .filter(({ id }) => id === 'color-contrast')
    .flatMap(({ nodes }) => nodes.filter(({ any }) => any.some(({ data }) => data?.contrastRatio > 0)))
  if (judged.length === 0) return ['axe has judged the contrast of no text']
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => {
        const { fgColor, bgColor, contrastRatio } = any[0]?.data ?? {}
        return `${id}: ${html.slice(0, 160)} ${fgColor ? `${fgColor} on ${bgColor} ${contrastRatio}` : ''}`
      }),
    )
}
