import type { Context, Test } from 'mocha'

/** Skips the test, or from a `before` hook its suite, and says why where the run is read. */
export function skip(context: Context, why: string): never {
  console.warn(`      SKIPPED: ${why}`)
  return context.skip()
}

/** Mocha's `it` where a test can run; elsewhere one that is skipped, and says why. */
export function itWhere(canRun: boolean, why: string): (title: string, test: () => Promise<void> | void) => Test {
  if (canRun) return it
  return (title) =>
    it(title, function () {
      skip(this, why)
    })
}

export const isWindows = process.platform === 'win32'
