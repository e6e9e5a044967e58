import should from 'should'
import { patienceMs } from '../patience'
import { makerCalls, type Pattern, patternsMade, patternsOfPackage, placeOf } from './patterns'

// The checker's own program of pure JavaScript, in this process.
process.env.RECHECK_SYNC_BACKEND = 'pure'

const { checkSync } = require('recheck') as typeof import('recheck')

/** The steps that an attack may take are limited, its time is not: the result must not depend on the machine. */
const untimed = {
  timeout: null,
  seedingTimeout: null,
  incubationTimeout: null,
  attackTimeout: null,
}

describe('Every pattern of the package', function () {
  this.timeout(patienceMs)
  const { literals, makers } = patternsOfPackage()
  const unsafeOf = (patterns: readonly Pattern[]) => {
    const distinct = new Map(patterns.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]))
    return [...distinct.values()].flatMap((pattern) => {
      const found = checkSync(pattern.source, pattern.flags, untimed)
      if (found.status === 'safe') return []
      return [`${placeOf(pattern)} is ${found.status === 'vulnerable' ? found.complexity.type : found.status}`]
    })
  }

  it('takes time that grows with its text, and no faster', () => {
    should(literals.length).be.above(100)
    unsafeOf(literals).should.deepEqual([])
  })

  it('takes such time also where it is made at run time', () => {
    const made = patternsMade()
    const nameOf = ({ file }: Pattern) => file
    // Each maker is known here, and makes one when it is asked.
    should(new Set(made.map(nameOf))).deepEqual(new Set(Object.keys(makerCalls)))
    // The editor's page has the maker of time patterns in it, to say of them what the runtime says.
    const library = [...makers].filter((file) => file !== 'nodes/edgecourier.html')
    should(new Set(library)).deepEqual(new Set(Object.keys(makerCalls)))
    unsafeOf(made).should.deepEqual([])
  })

  it('is known to the check: what is not linear is found', () => {
    const pattern = (source: string): Pattern => ({ source, flags: '', file: 'x.js' })
    unsafeOf([pattern('^(a+)+$'), pattern('\\/+$'), pattern('^a+$')]).should.deepEqual([
      'x.js: /^(a+)+$/ is exponential',
      'x.js: /\\/+$/ is polynomial',
    ])
  })
})
