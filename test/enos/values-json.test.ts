import fc from 'fast-check'
import should from 'should'
import { withValuesJson } from '../../lib/enos/values-json'
import { patienceMs } from '../patience'

const valuesJson = (values: Record<string, unknown>) => `${withValuesJson('{', values)}}`

describe('The JSON of values', () => {
  it('is what JSON.stringify makes of them', () => {
    const odd = fc.constantFrom(undefined, Number.NaN, -0, 1e300, new Date(0), () => 1, { toJSON: () => undefined })
    const values = fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.jsonValue(), fc.double(), odd))
    fc.assert(fc.property(values, (given) => void should(valuesJson(given)).equal(JSON.stringify(given))))
  }).timeout(patienceMs)

  it('stays right when more names have come than are remembered', () => {
    const values = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`point "${at}"`, at]))
    should(valuesJson(values)).equal(JSON.stringify(values))
  })

  it('holds what is their own, and nothing that they inherit', () => {
    const values = Object.assign(Object.create({ inherited: 1 }), { own: 2 })
    should(valuesJson(values)).equal('{"own":2}')
  })
})
