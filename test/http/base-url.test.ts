import 'should'
import { parseBaseUrl } from '../../lib/http'

describe('Checking a base URL', () => {
  it('takes trailing slashes and blanks away', () => {
    parseBaseUrl(' https://apim.example.com// ', 'The URL').should.equal('https://apim.example.com')
    parseBaseUrl('http://127.0.0.1:1881/base/', 'The URL').should.equal('http://127.0.0.1:1881/base')
  })

  it('asks for an empty one with CONFIG_INCOMPLETE', () => {
    ;(() => parseBaseUrl('', 'The gateway URL')).should.throw({
      code: 'CONFIG_INCOMPLETE',
      message: /^The gateway URL/,
    })
  })

  for (const text of ['apim.example.com', 'ftp://x', 'not a url', 'https://', 'http://user:pw@host']) {
    it(`refuses ${text.replace(/\/\/.*@/, '//…@')} with CONFIG_INVALID_URL`, () => {
      ;(() => parseBaseUrl(text, 'The URL')).should.throw({ code: 'CONFIG_INVALID_URL' })
    })
  }

  it('does not repeat credentials typed into it', () => {
    ;(() => parseBaseUrl('user:pa55@host', 'The URL')).should.throw({ message: /^(?!.*pa55)/ })
  })
})
