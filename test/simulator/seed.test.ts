import should from 'should'
import { parseSeedText } from '../../lib/simulator'

describe('A seed as text', () => {
  it('is the world of each cloud, also behind a byte order mark', () => {
    should(parseSeedText('\uFEFF{"enos":{}}', 'The seed')).deepEqual({ enos: {} })
  })

  for (const broken of ['{"secret":MARK-1}', '{"secret":"MARK-1"', '{"enos":{"secret":"a"\n"MARK-1":1}}', 'MARK-1']) {
    it(`quotes nothing where it is broken, because it holds secrets: ${JSON.stringify(broken)}`, () => {
      should(() => parseSeedText(broken, 'The seed')).throw({
        name: 'InvalidInput',
        message: /^(?!.*MARK).*is not JSON/,
      })
    })
  }
})
