import fc from 'fast-check'
import should from 'should'
import { gatewayIdOf, itemIdOf, makeId } from '../../lib/thingplus/identifiers'

describe('An id made here', () => {
  it('is a random UUID of version 4 without dashes in lower case', () => {
    makeId((size) => new Uint8Array(size).fill(0xff)).should.equal('ffffffffffff4fffbfffffffffffffff')
    makeId().should.not.equal(makeId())
  })

  it('passes the check of an id that is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const id = makeId(() => bytes)
        gatewayIdOf(id, 'uuid').should.equal(id)
        itemIdOf(id, 'sensor').should.equal(id)
      }),
    )
  })
})

describe('A gateway id that is given', () => {
  it('is brought into the form of the model: no separators, lower case', () => {
    gatewayIdOf(' 366D685F-93F5-477A-8D29-E8C45BAE0A31 ', 'uuid').should.equal('366d685f93f5477a8d29e8c45bae0a31')
    gatewayIdOf('00:1A:2B:3C:4D:5E', 'mac').should.equal('001a2b3c4d5e')
  })

  it('is refused when the format wants something else, and the error says what', () => {
    should(() => gatewayIdOf('gateway-1', 'uuid')).throw(/32 hexadecimal digits/, { code: 'INPUT_INVALID' })
    should(() => gatewayIdOf('00:1A', 'mac')).throw(/MAC address/, { code: 'INPUT_INVALID' })
    should(() => gatewayIdOf('12345', 'imei')).throw(/15 digits/, { code: 'INPUT_INVALID' })
  })

  it('is any text of URL characters where the model has no format of its own', () => {
    gatewayIdOf('Line-7_a.b~c', undefined).should.equal('Line-7_a.b~c')
    gatewayIdOf('Line-7', 'custom').should.equal('Line-7')
  })
})

describe('A device or sensor id that is given', () => {
  it('is refused with characters that a URL would have to escape', () => {
    for (const id of ['', ' ', '.', '..', 'a/b', 'a b', 'a%2fb', 'é', 'a(1)']) {
      should(() => itemIdOf(id, 'sensor')).throw({ code: 'INPUT_INVALID' })
    }
  })
})
