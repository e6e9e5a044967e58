import fc from 'fast-check'
import should from 'should'
import { numberText } from '../../lib/enos/number-text'

const isAsString = (value: number) => void should(numberText(value)).equal(String(value))

describe('The text of a number', () => {
  it('is the one that JavaScript gives it', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), isAsString), { numRuns: 2_000 })
    fc.assert(fc.property(fc.integer(), isAsString))
    for (const value of [0, -0, 0.1 + 0.2, 1.005, 0.0005, 0.001, 1e-7, 1e9, 999_999_999.999, 1e21, 2 ** 53])
      isAsString(value)
  })

  it('is so for every number of few decimals, and for its neighbours', () => {
    const decimal = fc.tuple(fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), fc.integer({ min: 0, max: 6 }))
    const neighbour = fc.constantFrom(1, 1 + Number.EPSILON, 1 - Number.EPSILON)
    fc.assert(
      fc.property(decimal, neighbour, ([digits, places], factor) => isAsString((digits / 10 ** places) * factor)),
      { numRuns: 5_000 },
    )
    for (let thousandths = 0; thousandths < 3_000; thousandths++) isAsString(thousandths / 1000)
  })
})
