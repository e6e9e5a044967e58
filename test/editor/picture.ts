import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'

/** Pixels that may differ by how an edge or a letter is smoothed. */
const mostStrayPixels = 40

interface Box {
  x: number
  y: number
  width: number
  height: number
}

/**
 * Takes a picture of the page. Where it shows what the file shows, the file stays as it is: a run on an unchanged tree
 * changes nothing.
 * @param besides what is different in each run, such as a port and a time
 */
export async function takePicture(page: Page, file: string, besides: readonly Locator[] = []): Promise<void> {
  const taken = await page.screenshot()
  const boxes = (await Promise.all(besides.map((part) => part.boundingBox()))).filter((box) => box !== null)
  if (existsSync(file) && (await isSame(page, [readFileSync(file), taken], boxes))) return
  writeFileSync(file, taken)
}

/** The browser compares them, since it can read PNG. */
function isSame(page: Page, pictures: readonly Buffer[], besides: readonly Box[]): Promise<boolean> {
  return page.evaluate(
    async ([urls, boxes, mostStray]) => {
      const [before, after] = await Promise.all(
        urls.map(async (url) => {
          const image = new Image()
          image.src = url
          await image.decode()
          const { width, height } = image
          const drawing = new OffscreenCanvas(width, height).getContext('2d')
          if (!drawing) throw new Error('the browser draws nothing')
          drawing.drawImage(image, 0, 0)
          for (const box of boxes) drawing.clearRect(box.x, box.y, box.width, box.height)
          return { width, height, data: new Uint32Array(drawing.getImageData(0, 0, width, height).data.buffer) }
        }),
      )
      if (!before || !after || before.width !== after.width || before.height !== after.height) return false
      return after.data.filter((pixel, index) => pixel !== before.data[index]).length <= mostStray
    },
    [
      pictures.map((picture) => `data:image/png;base64,${picture.toString('base64')}`),
      besides,
      mostStrayPixels,
    ] as const,
  )
}
