import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import should from 'should'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'

const mocha = join(dirname(require.resolve('mocha/package.json')), 'bin/mocha.js')
const reporter = join(__dirname, '..', 'reporter.cjs')

describe('The report of a test run', function () {
  this.timeout(patienceMs)
  let folder: string
  beforeEach(async () => {
    folder = await newFolder('report')
  })
  afterEach(() => removeFolder(folder))

  /** @param tests what each file holds, by its name */
  const report = (tests: Readonly<Record<string, string>>, ...more: readonly string[]) => {
    for (const [name, body] of Object.entries(tests)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), `describe('${name}', () => { ${body} })`)
    }
    const words = [
      mocha,
      '--reporter',
      reporter,
      '--reporter-option',
      'endWithinMs=500',
      ...more,
      ...Object.keys(tests),
    ]
    const { status, stdout } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' })
    return { status, lines: stdout.trimEnd().split('\n') }
  }

  it('ends with one line that a program can read', () => {
    const { status, lines } = report({ 'a.js': "it('x', () => {}); it('y', () => { throw new Error('no') })" })
    should(lines.at(-1)).equal('1 passed, 1 failed')
    should(status).equal(1)
  })

  for (const more of [[], ['--parallel', '--jobs', '2']])
    it(`names the fifteen files that took longest, slowest first, each with its hooks${more.length > 0 ? `, ${more.join(' ')} too` : ''}`, () => {
      const quick = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`quick-${at}.js`, "it('x', () => {})"]))
      const slow = "before((done) => setTimeout(done, 1_000)); it('x', () => {})"
      const { status, lines } = report({ ...quick, 'rooms/slow.js': slow }, ...more)
      const named = lines.filter((line) => /^ +\d+\.\d s {2}\S+\.js$/.test(line))
      should(named).have.length(15)
      should(named[0]).match(/ [1-9]\d*\.\d s {2}rooms[/\\]slow\.js$/)
      should(lines.at(-1)).equal('17 passed, 0 failed')
      should(status).equal(0)
    })

  it('names what was skipped, a whole suite by its number of tests', () => {
    const { lines } = report({
      'a.js': "it.skip('one', () => {}); describe('b', () => { it.skip('x', () => {}); it.skip('y', () => {}) })",
    })
    should(lines.filter((line) => line.startsWith('SKIPPED'))).deepEqual([
      'SKIPPED: a.js: one',
      'SKIPPED: a.js b: 2 tests',
    ])
  })

  it('fails where a test leaves something open, and names its kind, instead of running for ever', () => {
    const { status, lines } = report({
      'a.js': "it('x', (done) => { require('node:net').createServer().listen(0, done) })",
    })
    should(lines.join('\n')).match(/keeps their process alive: .*TCPServerWrap/)
    should(lines.at(-1)).equal('1 passed, 1 failed')
    should(status).equal(1)
  })
})
