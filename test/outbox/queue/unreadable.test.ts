import should from 'should'
import { LogFault } from '../../../lib/outbox/log/fault'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { lastSequence } from '../../../lib/outbox/record/record'
import { patienceMs } from '../../patience'
import { bodiesOf, inFolder, noEvents, plenty } from '../places'
import { diskWith } from '../real-disk'

const lane = 'lane'
const values = 10_000

describe('An outbox of which a part cannot be read for a while', function () {
  this.timeout(patienceMs)

  it('is not read past that part: whoever reads comes again, and gets all in its order', () =>
    inFolder(async (folder) => {
      let isClosed = false
      const openDisk = diskWith(async (operation, name, run) => {
        if (isClosed && operation === 'read' && /^segment-0*[345]$/.test(name))
          throw Object.assign(new Error(`EMFILE: too many open files, open '${name}'`), { code: 'EMFILE' })
        return run()
      })
      // Segments of 64 KiB.
      const options = { folder, diskSpace: plenty, openDisk, maxBytes: 4 * 2 ** 20 }
      const queue = await DurableQueue.open(options, noEvents)
      for (let from = 0; from < values; from += 500) {
        const records = Array.from({ length: 500 }, (_, at) => ({
          stream: `s${at % 7}`,
          payload: `"${from + at} ${'x'.repeat(100)}"`,
          eventTimeMs: 1,
        }))
        await queue.append(lane, records)
      }
      isClosed = true
      const bodies: string[] = []
      let faults = 0
      for (let from = 0, atEnd = false; !atEnd; ) {
        const read = await queue.read(lane, from, lastSequence).catch((fault: unknown) => {
          if (!(fault instanceof LogFault) || fault.kind !== 'io') throw fault
          isClosed = ++faults < 3
          return undefined
        })
        if (!read) continue
        bodies.push(...read.records.flatMap(bodiesOf))
        from = read.nextSequence
        atEnd = read.atEnd
      }
      should(faults).equal(3)
      should(bodies.map((body) => Number.parseInt(body.slice(1), 10))).eql(
        Array.from({ length: values }, (_, at) => at),
      )
      should(queue.ledgerOf(lane)).containEql({ pending: values, damaged: 0 })
      await queue.close()
    }))
})
