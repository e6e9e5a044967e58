import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { titlesIn } from './titles'

const tests = join(__dirname, '..')
const mostCharacters = 100
const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

describe('The titles of tests', () => {
  it(`have ${mostCharacters} characters at most`, () => {
    const titles = files.flatMap((file) =>
      titlesIn(readFileSync(join(tests, file), 'utf8')).map((title) => [file, title]),
    )
    should(titles.length).be.above(1_000)
    should(titles.filter(([, title = '']) => title.length > mostCharacters)).be.empty()
  })

  it('are found in each kind of quotes, without their placeholders', () => {
    const source = [
      "it('says what it does', () => {})",
      'describe("A node\'s test", () => {})',
      'it(\n  `takes $' + '{count} of them`, () => {})',
      "it.skip('is left out', () => {})",
      "itWhere(!isWindows, 'Windows has none')('keeps modes', () => {})",
      "commit('is none')",
    ].join('\n')
    should(titlesIn(source)).deepEqual([
      'says what it does',
      "A node's test",
      'takes  of them',
      'is left out',
      'keeps modes',
    ])
  })
})
