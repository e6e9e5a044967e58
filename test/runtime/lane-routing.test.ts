import should from 'should'
import { type Destination, openOutbox } from '../../lib/outbox'
import { LaneRouting, type Way } from '../../lib/runtime/lane-routing'
import { inFolder } from '../outbox/places'
import { patienceMs } from '../patience'

describe('The lanes of an outbox', function () {
  this.timeout(patienceMs)
  it('are sent as the node is set now, also where a changed setting belongs to the same configuration', () =>
    inFolder(async (folder) => {
      const outbox = await openOutbox({ folder })
      const owner = {}
      const destination = (send: Destination['send']): Destination => ({
        batching: 'lane',
        send,
        classify: () => ({ kind: 'network' }),
      })
      const way = (lane: string, send: Destination['send']): Way => {
        const own = { lane, owner, destination: destination(send), options: {} }
        const made: Way = {
          ...own,
          inherit: (_, [heir]) => heir && { heir, destination: heir.destination, isSameForm: true },
        }
        return made
      }
      const routing = new LaneRouting(outbox)
      try {
        await routing.change([way('as before', () => Promise.reject(new Error('no line')))])
        await outbox.accept('as before', 'stream', '1', Date.now())
        const sent = new Promise<string>((resolve) => {
          const late = way('late', async ([record]) => resolve(String(record?.payload)))
          void routing.change([late])
        })
        should(await sent).equal('1')
      } finally {
        await routing.close()
        await outbox.close()
      }
    }))
})
