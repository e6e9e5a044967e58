import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import should from 'should'
import { warmUp } from '../../lib/http'

describe('The warm-up of the HTTP library', () => {
  it('lets it read an answer, and again, without a connection to anywhere', async () => {
    const statuses: number[] = []
    const read = (message: unknown) =>
      statuses.push((message as { response: { statusCode: number } }).response.statusCode)
    let connections = 0
    const connect = () => connections++
    subscribe('undici:request:headers', read)
    subscribe('net.client.socket', connect)
    try {
      await warmUp()
      await warmUp()
    } finally {
      unsubscribe('undici:request:headers', read)
      unsubscribe('net.client.socket', connect)
    }
    should(statuses).deepEqual([200, 200])
    should(connections).equal(0)
  })
})
