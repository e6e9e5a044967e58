import type { Page } from 'playwright-core'

/**
 * What of the open dialog cannot be read or pressed: parts beyond its edges, parts that lie on each other, words that are cut
 * off, in buttons, choices and hints too, and fields without a label.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const dialog = [...document.querySelectorAll<HTMLElement>('.red-ui-tray:last-child .edgecourier')].at(-1)
    if (!dialog) return ['no dialog is open']
    const stray = 1
    /** Of a field to choose from. */
    const arrow = 20
    const faults: string[] = []
    const all = [...dialog.querySelectorAll<HTMLElement>('*')].filter(isShown)
    const edge = dialog.getBoundingClientRect()
    const controls = all.filter((element) => element.matches('input, select, textarea, button, a.red-ui-button'))

    for (const element of all) {
      const box = element.getBoundingClientRect()
      if (box.right > edge.right + stray || box.left < edge.left - stray)
        faults.push(`beyond the edge: ${named(element)}`)
    }
    const boxes = controls
      .filter((element) => !element.closest('label'))
      .map((element) => [element, element.getBoundingClientRect()] as const)
    boxes.forEach(([one, oneBox], index) => {
      for (const [other, otherBox] of boxes.slice(index + 1))
        if (!one.contains(other) && overlap(oneBox, otherBox))
          faults.push(`on each other: ${named(one)} and ${named(other)}`)
    })
    for (const { words, box, holder } of shownWords()) {
      for (const [control, controlBox] of boxes)
        if (!control.contains(holder) && overlap(box, controlBox)) faults.push(`"${words}" lies on ${named(control)}`)
      const limit = clippedBy(holder)
      if (limit && (box.right > limit.right + stray || box.left < limit.left - stray || box.bottom > limit.bottom + 3))
        faults.push(`"${words}" is cut off`)
    }
    for (const control of controls) {
      if (control instanceof HTMLSelectElement) {
        // What a configuration is called is its user's own.
        if (control.closest('.form-row')?.querySelector('a.red-ui-button')) continue
        for (const { text } of control.options) requireRoom('choice', text, control, arrow)
      } else if (control instanceof HTMLInputElement && !control.value)
        requireRoom('hint', control.placeholder, control)
    }
    for (const label of all.filter((element) => element.matches('label[for]')))
      if (!document.getElementById((label as HTMLLabelElement).htmlFor))
        faults.push(`a label for nothing: ${named(label)}`)
    const text = dialog.innerText
    for (const [found] of text.matchAll(/\S*(?:label\.|edgecourier:|undefined|\[object|__\w+__)\S*/g))
      faults.push(`not translated: ${found}`)
    return [...new Set(faults)]

    function isShown(element: HTMLElement): boolean {
      const { width, height } = element.getBoundingClientRect()
      return width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible'
    }
    function overlap(one: DOMRect, other: DOMRect): boolean {
      return (
        one.left < other.right - stray &&
        other.left < one.right - stray &&
        one.top < other.bottom - stray &&
        other.top < one.bottom - stray
      )
    }
    function named(element: Element): string {
      return element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)
    }
    function shownWords() {
      const found: { words: string; box: DOMRect; holder: HTMLElement }[] = []
      const walker = document.createTreeWalker(dialog as HTMLElement, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement
        const words = node.textContent?.trim() ?? ''
        if (!holder || words === '' || !isShown(holder) || holder.closest('select, datalist')) continue
        const range = document.createRange()
        range.selectNodeContents(node)
        for (const box of range.getClientRects()) found.push({ words, box, holder })
      }
      return found
    }
    /** What hides the rest of a text, and cannot be scrolled. */
    function clippedBy(holder: HTMLElement): DOMRect | undefined {
      for (let at: HTMLElement | null = holder; at && at !== dialog; at = at.parentElement)
        if (/hidden|clip/.test(getComputedStyle(at).overflowX)) return at.getBoundingClientRect()
      return undefined
    }
    function requireRoom(what: string, text: string, control: HTMLInputElement | HTMLSelectElement, taken = 0): void {
      const drawing = document.createElement('canvas').getContext('2d')
      if (!drawing) throw new Error('the browser draws nothing')
      const { font, paddingLeft, paddingRight } = getComputedStyle(control)
      drawing.font = font
      const needed = Math.round(drawing.measureText(text).width)
      const room = control.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - taken
      if (needed > room + stray)
        faults.push(`the ${what} "${text}" needs ${needed} px and has ${room}: ${named(control)}`)
    }
  })
}
