import { strict as assert } from 'node:assert'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { patienceMs } from '../../patience'
import { inspect, runVictim, type Told } from './victims'

describe('the log on a real disk', () => {
  it('holds what was put and not settled when the process is killed at any moment, again and again', async function () {
    this.timeout(patienceMs)
    const folder = await mkdtemp(join(tmpdir(), 'outbox-log-'))
    try {
      const told: Told = { put: new Set(), settled: new Set(), settling: new Set() }
      for (let kill = 0; kill < 4; kill++) {
        const victim = await runVictim(folder, 500 + Math.floor(Math.random() * 2000), told)
        await victim.kill()
        assert.deepEqual(await inspect(folder, told), { lost: [], back: [] })
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
