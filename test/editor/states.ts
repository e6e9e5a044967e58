import type { Page } from 'playwright-core'

/** Choices of a dialog by their settings, with the word to choose. */
export type State = Readonly<Record<string, string>>

const fieldNamed = (name: string) =>
  ['node-config-input', 'node-input'].map((prefix) => `.red-ui-tray:last-child #${prefix}-${name}`).join()

export async function choose(page: Page, state: State): Promise<void> {
  for (const [name, word] of Object.entries(state)) await page.selectOption(fieldNamed(name), word)
}

/**
 * As few states of the open dialog as show each of its rows at least once: as it opens, and then those whose choices show
 * what was not there before.
 */
export async function statesOf(page: Page): Promise<State[]> {
  const rows = await page.evaluate(() => {
    const choices = [...document.querySelectorAll('.red-ui-tray:last-child .edgecourier select')].map(({ id }) =>
      id.replace(/^node-(config-)?input-/, ''),
    )
    // A browser has the names of attributes in small letters.
    const marks = (element: Element) =>
      choices.flatMap((name) => {
        const words = element.getAttribute(`data-when-${name}`)
        return words === null ? [] : [[name, words.split(' ')] as const]
      })
    const all = document.querySelectorAll<HTMLElement>(
      '.red-ui-tray:last-child .edgecourier, .red-ui-tray:last-child .edgecourier *',
    )
    return [...all]
      .filter((element) => element.offsetParent === null && marks(element).length > 0)
      .map((element) => {
        const around: (readonly [string, string[]])[] = []
        for (let at: Element | null = element; at; at = at.parentElement) around.push(...marks(at))
        return around
      })
  })
  const states: Record<string, string>[] = [{}]
  for (const conditions of rows) {
    const fits = (state: State) =>
      conditions.every(([name, words]) => state[name] === undefined || words.includes(state[name]))
    let state = states.slice(1).find(fits)
    if (!state) {
      state = {}
      states.push(state)
    }
    for (const [name, [word = '']] of conditions) state[name] ??= word
  }
  return states
}
