import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import should from 'should'
import { openOutbox } from '../../lib/outbox'
import { DurableQueue } from '../../lib/outbox/queue'
import { bodyOf, inFolder, noEvents, readAll } from './places'

interface Told {
  readonly accepted: Set<string>
  readonly delivered: Map<string, number>
}

/** Runs a victim until it has accepted so many, waits some more, and kills it in the middle of whatever it does. */
async function killAfter(folder: string, name: string, acceptances: number, moreMs: number, told: Told): Promise<void> {
  const victim = spawn(process.execPath, ['-r', 'tsx/cjs', join(__dirname, 'victim.ts'), folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => victim.on('close', resolve))
  let left = acceptances
  for await (const line of createInterface({ input: victim.stdout })) {
    const [letter, body = ''] = line.split(' ')
    if (letter === 'e') throw new Error(line)
    if (letter === 'd') told.delivered.set(body, (told.delivered.get(body) ?? 0) + 1)
    if (letter !== 'a') continue
    told.accepted.add(body)
    if (--left === 0) setTimeout(() => victim.kill('SIGKILL'), moreMs)
  }
  await ended
}

describe('an outbox whose process is killed', () => {
  it('has every accepted record, delivered, pending or as a dead letter, after 20 kills in the middle of everything', async function () {
    this.timeout(90_000)
    await inFolder(async (folder) => {
      const told: Told = { accepted: new Set(), delivered: new Map() }
      for (let kill = 0; kill < 20; kill++) await killAfter(folder, `k${kill}`, 1 + kill * 40, kill % 7, told)

      const outbox = await openOutbox({ folder, freeFloorBytes: 0 })
      await outbox.recountDone()
      const { recount, lanes } = await outbox.figures()
      recount?.should.eql({ missing: 0, reappeared: 0 })
      lanes[0]?.damaged.should.equal(0)
      const kept = new Set<string>()
      for await (const { record } of outbox.lane('lane').deadLetters.all()) kept.add(bodyOf(record))
      should(kept.size).be.above(0)
      await outbox.close()
      const queue = await DurableQueue.open({ folder }, noEvents)
      for (const record of await readAll(queue, 'lane')) kept.add(bodyOf(record))
      await queue.close()

      should(told.accepted.size).be.above(5000)
      const lost = [...told.accepted].filter((body) => !told.delivered.has(body) && !kept.has(body))
      lost.should.eql([])
      const repeated = [...told.delivered.values()].filter((times) => times > 1).length
      // At most what was on its way at each kill: eight requests of 50.
      should(repeated).be.belowOrEqual(20 * 8 * 50)
    })
  })
})
