import fc from 'fast-check'
import should from 'should'
import { Secrets } from '../../lib/core'

describe('Words of a cloud that are shown', () => {
  it('hold no secret of eight characters or more, in whatever form and wherever it stands', () => {
    const secret = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
      .filter((text) => text.trim() === text)
    const forms: ((text: string) => string)[] = [
      (text) => text,
      encodeURIComponent,
      (text) => new URLSearchParams({ '': text }).toString().slice(1),
      (text) => JSON.stringify(text).slice(1, -1),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('base64url'),
      (text) => Buffer.from(text).toString('hex'),
    ]
    fc.assert(
      fc.property(secret, fc.constantFrom(...forms), fc.string(), fc.nat(5_000), (text, form, words, length) => {
        const told = form(text)
        const said = `${'word '.repeat(length)}${words}${told}${words}`
        fc.pre(!words.includes(told))
        return !new Secrets([text]).redacted(said, 100_000).includes(told)
      }),
      { numRuns: 500 },
    )
  })

  it('stay readable where a secret is but a letter or a short word', () => {
    should(new Secrets(['x', 'as']).redacted('The app does not exist, asset axis, x-ray.')).equal(
      'The app does not exist, asset axis, x-ray.',
    )
    should(new Secrets(['x', 'as']).redacted('key="x", secret=as&x:as')).equal('key="•••", secret=•••&x:•••')
    should(new Secrets(['demo']).redacted('The user demo of demonstration failed: demo.')).equal(
      'The user ••• of demonstration failed: •••.',
    )
  })

  it('show no beginning of a secret that is cut off at the end', () => {
    const secret = 'geheim-und-lang'.repeat(40)
    for (let before = 0; before < 5_000; before += 37) {
      const said = `${'w '.repeat(before / 2)}${secret}${' secret'.repeat(2_000)}`
      should(new Secrets([secret]).redacted(said, 100_000)).not.match(/geheim/)
    }
  })

  it('are looked through no further than they are shown, however long they are', () => {
    for (const worst of ['a', '.', 'a.', '0', ' ', '-', 'aaaaaaaa.'])
      should(new Secrets(['secret-of-mine', 'x']).redacted(worst.repeat(1e6)).length).be.belowOrEqual(201)
  })
})
