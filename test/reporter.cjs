const { relative } = require('node:path')
const { Runner, reporters } = require('mocha')

const slowestShown = 15
/** Long enough for an outbox that stays open for the next deployment, and for a busy machine. */
const usualEndWithinMs = 60_000

/**
 * Mocha's spec report, followed by what was skipped, the files that took longest, and one line that a program can read
 * too: "12 passed, 0 failed". A process that does not end after its tests has a leak, and that is a failure like others.
 */
module.exports = class extends reporters.Spec {
  #secondsByFile = new Map()
  #skippedBySuite = new Map()
  #endWithinMs

  constructor(runner, options) {
    super(runner, options)
    this.#endWithinMs = Number(options.reporterOptions?.endWithinMs ?? usualEndWithinMs)
    const { EVENT_HOOK_END, EVENT_TEST_END, EVENT_TEST_PENDING } = Runner.constants
    // Of suites a run with `--parallel` tells neither the file nor when they began.
    for (const event of [EVENT_HOOK_END, EVENT_TEST_END]) {
      runner.on(event, ({ file, duration = 0 }) => {
        if (!file) return
        const name = relative(process.cwd(), file)
        this.#secondsByFile.set(name, (this.#secondsByFile.get(name) ?? 0) + duration / 1_000)
      })
    }
    runner.on(EVENT_TEST_PENDING, (test) => {
      const suite = test.parent.fullTitle()
      this.#skippedBySuite.set(suite, [...(this.#skippedBySuite.get(suite) ?? []), test.title])
    })
  }

  epilogue() {
    super.epilogue()
    for (const [suite, titles] of this.#skippedBySuite)
      console.log(`SKIPPED: ${suite}: ${titles.length === 1 ? titles[0] : `${titles.length} tests`}`)
    const slowest = [...this.#secondsByFile].sort(([, a], [, b]) => b - a).slice(0, slowestShown)
    console.log('\nThe files that took longest, with their hooks:')
    for (const [file, seconds] of slowest) console.log(`${seconds.toFixed(1).padStart(8)} s  ${file}`)
    console.log()
    this.#tell(this.stats.failures)
    this.#endWhereTestsDoNot()
  }

  #tell(failures) {
    console.log(`${this.stats.passes} passed, ${failures} failed`)
  }

  /** What is told here alone does not keep the process alive. */
  #endWhereTestsDoNot() {
    const watch = setTimeout(() => {
      console.log(
        `\nThe tests are over, but this keeps their process alive: ${process.getActiveResourcesInfo().join(', ')}`,
      )
      console.log('Whatever a test opens it has to close. `npx mocha FILE` finds the file.\n')
      this.#tell(this.stats.failures + 1)
      // Mocha sets the code by its own count when the process exits; this comes after it.
      process.once('exit', () => {
        process.exitCode = 1
      })
      process.exit()
    }, this.#endWithinMs)
    watch.unref()
  }
}
