import should from 'should'
import { patienceMs } from '../../patience'
import { inFolder } from '../places'
import { inventory, lostOf, runVictim, type Told } from '../victims'

describe('an outbox whose process is killed', () => {
  it('has every accepted record, delivered, pending or dead, after 20 kills in the middle of everything', async function () {
    this.timeout(patienceMs)
    await inFolder(async (folder) => {
      const told: Told = { accepted: new Set(), delivered: new Map() }
      for (let kill = 0; kill < 20; kill++) {
        const victim = await runVictim(folder, `k${kill}`, 1 + kill * 40, told)
        await new Promise((resolve) => setTimeout(resolve, (kill % 7) * 20))
        await victim.kill()
      }

      const kept = await inventory(folder)
      should(kept.found).containEql({ missing: 0, reappeared: 0 })
      kept.damaged.should.equal(0)
      should(kept.dead.size).be.above(0)
      should(told.accepted.size).be.above(5000)
      lostOf(told, kept).should.eql([])
      const repeated = [...told.delivered.values()].filter((times) => times > 1).length
      // At most what was on its way at each kill: eight requests of 50.
      should(repeated).be.belowOrEqual(20 * 8 * 50)
    })
  })
})
