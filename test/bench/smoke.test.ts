import should from 'should'
import { patienceMs } from '../patience'
import { measureAll } from './bench'

describe('The bench', function () {
  this.timeout(patienceMs)

  it('gives every figure a number on both sides, however short it runs', async () => {
    const results = await measureAll({
      sizes: {
        rounds: 1,
        warmUps: 0,
        starts: 1,
        durationMs: 50,
        drainRecords: 2000,
        growthRecords: [500, 1000],
        burstMessages: [100, 200],
        crowd: 200,
        longRows: 1000,
        lanes: 3,
        poisonValues: 2000,
        poisonShares: [0.01],
        faultMs: 100,
        pendingMb: 1,
        longMessages: 300,
        devices: 100,
      },
      isHasty: true,
      tell: () => undefined,
    })
    should(results.length).be.above(55)
    for (const { what, ours, baseline = [], median } of results) {
      for (const number of [...ours, ...baseline, median]) should(Number.isFinite(number)).be.true(what)
    }
  })
})
