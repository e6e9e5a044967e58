import type { Locator, Page } from 'playwright-core'

/** Works in the editor by mouse and keyboard alone, and counts: a click, a drag, a field filled, a shortcut is one action. */
export class Person {
  actions = 0

  constructor(readonly page: Page) {}

  async click(target: string | Locator): Promise<void> {
    this.actions++
    await this.locate(target).click()
  }

  async doubleClick(target: string | Locator): Promise<void> {
    this.actions++
    await this.locate(target).dblclick()
  }

  /** Types into a field. */
  async enter(field: string | Locator, text: string): Promise<void> {
    this.actions++
    await this.locate(field).fill(text)
  }

  /** Pastes what was copied elsewhere, such as a row of a sheet. */
  async paste(field: string | Locator, text: string): Promise<void> {
    this.actions++
    await this.locate(field).evaluate((element, copied) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', copied)
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, text)
  }

  /** Puts a node of the palette onto the canvas. */
  async drop(type: string, x: number, y: number): Promise<void> {
    this.actions++
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`)
    await entry.scrollIntoViewIfNeeded()
    await entry.dragTo(this.page.locator('#red-ui-workspace-chart'), { targetPosition: { x, y } })
    await this.page.waitForSelector('.red-ui-flow-node-selected')
  }

  /** Draws a wire from the output of one node to the input of another. */
  async wire(from: Locator, to: Locator): Promise<void> {
    this.actions++
    const ends = [from.locator('.red-ui-flow-port-output'), to.locator('.red-ui-flow-port-input')]
    const [start, end] = await Promise.all(ends.map(centreOf))
    if (!start || !end) throw new Error('a node has no port')
    await this.page.mouse.move(...start)
    await this.page.mouse.down()
    await this.page.mouse.move(...end, { steps: 5 })
    await this.page.mouse.up()
  }

  private locate(target: string | Locator): Locator {
    return typeof target === 'string' ? this.page.locator(target) : target
  }
}

async function centreOf(locator: Locator): Promise<[number, number]> {
  const box = await locator.boundingBox()
  if (!box) throw new Error('it is not to be seen')
  return [box.x + box.width / 2, box.y + box.height / 2]
}
