import should from 'should'
import { ConnectorError, say } from '../../lib/core'
import { classifyConnectorError } from '../../lib/runtime/classify'

describe('What a failed request means for its values', () => {
  it('is no refusal of them where a proxy on the way redirects to its login page', () => {
    for (const statusCode of [301, 302, 303, 307, 308]) {
      const error = new ConnectorError('CLOUD_ERROR', say`It points to another address.`, { statusCode })
      should(classifyConnectorError(error).kind).equal('network')
    }
  })
})
