import should from 'should'
import { joined, say } from '../../lib/core'

const german: Readonly<Record<string, string>> = {
  '{0} is empty.': '{0} ist leer.',
  'the value {0}': 'der Wert {0}',
  '{0} of {1} sent.': 'Von {1} sind {0} gesendet.',
}
const translate = (template: string) => german[template]

describe('A text', () => {
  it('reads as English with its values in place', () => {
    String(say`${3} of ${'ten'} sent.`).should.equal('3 of ten sent.')
  })

  it('is translated as a whole, its values in the order of the other language', () => {
    say`${3} of ${10} sent.`.in(translate).should.equal('Von 10 sind 3 gesendet.')
  })

  it('translates the texts inside it, and gives a capital to one that begins it', () => {
    const text = say`${say`the value ${7}`} is empty.`
    String(text).should.equal('The value 7 is empty.')
    text.in(translate).should.equal('Der Wert 7 ist leer.')
    say`${'temperature'} is empty.`.in(translate).should.equal('temperature ist leer.')
  })

  it('stays English where there is no translation', () => {
    joined([say`Unknown.`, say`${'x'} is empty.`], ' ')
      .in(translate)
      .should.equal('Unknown. x ist leer.')
  })

  it('takes a value for no placeholder, whatever it holds', () => {
    String(say`${'{1}'} of ${'b'} sent.`).should.equal('{1} of b sent.')
  })

  it('is English text in JSON', () => {
    should(JSON.parse(JSON.stringify({ text: say`${1} of ${2} sent.` }))).eql({ text: '1 of 2 sent.' })
  })
})
