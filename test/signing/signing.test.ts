import fc from 'fast-check'
import 'should'
import { canonicalQuery, deviceSign, passwordDigest, signApiRequest, tokenEncryption } from '../../lib/signing'
import { apiSignatures, canonicalQueries, deviceSigns, tokenEncryptions, unreproducible } from './vectors'

describe('Signing an EnOS API call', () => {
  for (const { title, input, expected } of apiSignatures) {
    it(`yields the published signature for ${title}`, () => {
      signApiRequest(input).should.equal(expected)
    })
  }

  for (const { query, canonical, signature } of canonicalQueries) {
    it(`reads the query ${query} as the documentation's Java loop does`, () => {
      canonicalQuery(query).should.equal(canonical)
      signApiRequest({ accessToken: 'tok', appSecret: 'sec', timestampMs: 1572574909697, query }).should.equal(
        signature,
      )
    })
  }

  it('leaves a malformed escape in the query as it stands', () => {
    canonicalQuery('q=%zz').should.equal('q%zz')
  })

  it('sorts names by code unit: digits, capitals, underscore, small letters', () => {
    canonicalQuery({ a: 1, _: 2, Z: 3, '9': 4 }).should.equal('94Z3_2a1')
  })

  it('joins a list value with commas and leaves out a value that is null or undefined', () => {
    canonicalQuery({ ids: ['b', 'a'], none: null, missing: undefined }).should.equal('idsb,a')
  })

  const queries = fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' }))
  const credentials = { accessToken: 'tok', appSecret: 'sec', timestampMs: 1572574909697 }

  it('does not depend on the order of the query parameters', () => {
    fc.assert(
      fc.property(queries, fc.infiniteStream(fc.nat()), (query, order) => {
        const shuffled = Object.entries(query)
          .map((pair) => ({ pair, rank: order.next().value }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ pair }) => pair)
        signApiRequest({ ...credentials, query: Object.fromEntries(shuffled) }).should.equal(
          signApiRequest({ ...credentials, query }),
        )
      }),
    )
  })

  it('signs the decoded text, whether the wire holds %20 or a plus sign', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (query) => {
        const form = new URLSearchParams(query).toString()
        const percent = Object.entries(query)
          .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
          .join('&')
        canonicalQuery(form).should.equal(canonicalQuery(query))
        canonicalQuery(percent).should.equal(canonicalQuery(query))
      }),
    )
  })

  it('keeps unicode in query and body: another character is another signature', () => {
    const signed = signApiRequest({ ...credentials, query: { name: '电量 🔋' }, body: '{"desc":"°C"}' })
    signed.should.match(/^[0-9a-f]{64}$/)
    signed.should.not.equal(signApiRequest({ ...credentials, query: { name: '电量 🪫' }, body: '{"desc":"°C"}' }))
    signed.should.not.equal(signApiRequest({ ...credentials, query: { name: '电量 🔋' }, body: '{"desc":"°F"}' }))
    canonicalQuery(new URLSearchParams({ name: '电量 🔋' }).toString()).should.equal('name电量 🔋')
  })
})

describe('Encrypting a token request', () => {
  for (const { title, input, expected } of tokenEncryptions) {
    it(`yields what ${title} sends`, () => {
      tokenEncryption(input).should.equal(expected)
    })
  }
})

describe('Signing a device login', () => {
  for (const { title, input, lowerCase, upperCase } of deviceSigns) {
    it(`yields the verified digest for ${title}, in lower case unless told otherwise`, () => {
      deviceSign(input).should.equal(lowerCase)
      deviceSign({ ...input, upperCase: true }).should.equal(upperCase)
    })
  }
})

describe('Digesting a Thing+ password', () => {
  it('yields the lower-case MD5 of the UTF-8 text', () => {
    passwordDigest('your_password').should.equal('1060b7b46a3bd36b3a0d66e0127d0517')
    passwordDigest('비밀번호').should.match(/^[0-9a-f]{32}$/)
  })

  it('sends a value as it is when told that it already is the digest', () => {
    passwordDigest('0B54B2A7B72F1EFEB2C86885C3247787', { isDigest: true }).should.equal(
      '0b54b2a7b72f1efeb2c86885c3247787',
    )
  })

  it('digests a password that merely looks like a digest', () => {
    passwordDigest('0b54b2a7b72f1efeb2c86885c3247787').should.not.equal('0b54b2a7b72f1efeb2c86885c3247787')
  })
})

describe('The samples that the EnOS documentation prints wrongly', () => {
  const documented = [
    ...deviceSigns.flatMap(({ input }) => [deviceSign(input), deviceSign({ ...input, upperCase: true })]),
    ...apiSignatures.map(({ input }) => signApiRequest(input)),
    ...tokenEncryptions.map(({ input }) => tokenEncryption(input)),
  ]
  for (const { printed, where, why } of unreproducible) {
    it(`is not reproducible: ${where} (${why})`, () => {
      documented.should.not.containEql(printed)
    })
  }
})
