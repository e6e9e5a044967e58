import should from 'should'
import { patienceMs } from '../../patience'
import { skip } from '../../skipping'
import { drainAfterOthers, fillAndDrain, needsRoot, type SmallDisk } from '../small-disks'

describe('An outbox on a small disk', function () {
  this.timeout(patienceMs)

  const disks: readonly SmallDisk[] = [
    { megabytes: 16, freeFloorMegabytes: 0, compressible: false, filledByOthers: false },
    { megabytes: 16, freeFloorMegabytes: 1, compressible: true, filledByOthers: true },
    { megabytes: 32, compressible: false, filledByOthers: true },
    { megabytes: 64, freeFloorMegabytes: 5, compressible: true, filledByOthers: false },
  ]
  for (const disk of disks) {
    const { megabytes, freeFloorMegabytes = 'the default', compressible, filledByOthers } = disk
    const how = `${compressible ? 'what compresses well' : 'noise'}${filledByOthers ? ', and others take the rest' : ''}`
    it(`of ${megabytes} MB that it fills with ${how} (${freeFloorMegabytes} MB free) is drained, over a restart`, async function () {
      const drained = await fillAndDrain(disk)
      if (!drained) return skip(this, needsRoot)
      should(drained.accepted).be.above(1_000)
      should(drained).match({ lost: 0, takesAgain: true })
    })
  }

  it('is drained where others took the rest, and once more what it gave back when it found no room', async function () {
    const drained = await drainAfterOthers(32)
    if (!drained) return skip(this, needsRoot)
    should(drained).match({ lost: 0, takesAgain: true })
  })
})
