import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Page } from 'playwright-core'

/** In these languages the browser's own fonts have no letters: what they are drawn with comes as a package. */
const packages: Readonly<Record<string, string>> = {
  ko: '@fontsource-variable/noto-sans-kr',
  ja: '@fontsource-variable/noto-sans-jp',
  'zh-CN': '@fontsource-variable/noto-sans-sc',
}
/** The first that Node-RED's editor asks for, in texts and in code; what they have no letter for the next ones draw, as ever. */
const editorsFonts = ['Helvetica Neue', 'Menlo']
const origin = 'http://fonts.test'

/** Has a page draw the letters of its language, for which it asks the network as for any other font. Before it is loaded. */
export async function offerFonts(page: Page, language: string): Promise<void> {
  const name = packages[language]
  if (!name) return
  const sheet = require.resolve(`${name}/index.css`)
  await page.route(`${origin}/**`, (route) =>
    route.fulfill({
      path: join(dirname(sheet), 'files', basename(route.request().url())),
      headers: { 'access-control-allow-origin': '*' },
    }),
  )
  const css = lettersOnly(readFileSync(sheet, 'utf8'))
  await page.addInitScript((rules) => {
    addEventListener('DOMContentLoaded', () => {
      const style = document.createElement('style')
      style.textContent = rules
      document.head.append(style)
    })
  }, css)
}

/** The rules for what is not Latin, Greek or Cyrillic: these the page has a font for. */
function lettersOnly(css: string): string {
  const rules = css
    .split(/(?=\/\* )/)
    .filter((rule) => /^\/\* \S+-\[\d+\]-/.test(rule))
    .join('')
    .replaceAll('./files/', `${origin}/`)
  return editorsFonts.map((name) => rules.replace(/font-family: '[^']*'/g, `font-family: '${name}'`)).join('')
}

/** Waits until what is to be seen is drawn in its own font. */
export async function fontsAreThere(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What is new in the page is laid out first: only then are its fonts asked for.
    document.body.getBoundingClientRect()
    await document.fonts.ready
  })
}
