import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'

/** By how much a colour may differ, of 255, where an edge or a letter is smoothed in another way. */
const mostSmoothing = 24
/** Pixels that may differ by more. */
const mostStrayPixels = 40

export interface Box {
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
export async function takePicture(
  page: Page,
  file: string,
  besides: readonly Locator[] = [],
  clip: Box | undefined = undefined,
): Promise<void> {
  const taken = await page.screenshot(clip ? { clip } : {})
  const boxes = await boxesOf(besides, clip)
  if (existsSync(file) && (await isSamePicture(page, [readFileSync(file), taken], boxes))) return
  writeFileSync(file, taken)
}

/** How much wider than now a text may be whose figures differ, in pixels. */
const room = 60

/** Where parts of a page are in a picture of it, or of a clip of it. */
export async function boxesOf(
  parts: readonly Locator[],
  { x, y }: Pick<Box, 'x' | 'y'> = { x: 0, y: 0 },
): Promise<Box[]> {
  const boxes = (await Promise.all(parts.map((part) => part.boundingBox()))).filter((box) => box !== null)
  return boxes.map((box) => ({ ...box, x: box.x - x, y: box.y - y, width: box.width + room }))
}

/** The browser compares them, since it can read PNG. */
export function isSamePicture(page: Page, pictures: readonly Buffer[], besides: readonly Box[]): Promise<boolean> {
  return page.evaluate(
    async ([urls, boxes, mostStray, mostColour]) => {
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
          return { width, height, data: drawing.getImageData(0, 0, width, height).data }
        }),
      )
      if (!before || !after || before.width !== after.width || before.height !== after.height) return false
      const differing = new Set<number>()
      for (const [index, colour] of after.data.entries())
        if (Math.abs(colour - (before.data[index] ?? 0)) > mostColour) differing.add(index >> 2)
      return differing.size <= mostStray
    },
    [
      pictures.map((picture) => `data:image/png;base64,${picture.toString('base64')}`),
      besides,
      mostStrayPixels,
      mostSmoothing,
    ] as const,
  )
}
