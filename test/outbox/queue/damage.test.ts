import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import { removeFolder } from '../../folder'
import { patienceMs } from '../../patience'
import { inFolder } from '../places'
import { buildScene, type Expectation, flipBits, type Survey, survey } from './damaged-scene'

const trials = 100

type Damage = {
  readonly how: 'flip' | 'truncate' | 'zero-tail' | 'delete'
  readonly file: number
  readonly place: number
}

async function inflict(folder: string, { how, file, place }: Damage): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name !== 'reserve').sort()
  const name = names[file % names.length] ?? ''
  const path = join(folder, name)
  const { size } = await stat(path)
  const at = Math.floor(place * size)
  if (how === 'delete') await rm(path)
  else if (how === 'truncate') await truncate(path, at)
  else if (how === 'zero-tail') await writeFile(path, (await readFile(path)).fill(0, at))
  else await flipBits(path, at, 1 << (file & 7))
  return `${how} ${name} at ${at} of ${size}`
}

/** Nothing wrong is handed out, and everything lost is counted. */
function judge({ bodies, ledger, takesNew }: Survey, what: string, expected: Expectation): void {
  takesNew.should.equal(true, what)
  for (const body of bodies)
    should(expected.pending.has(body) || expected.settled.has(body)).equal(true, `${what}: ${body} was never accepted`)
  const isThere = new Set(bodies)
  isThere.size.should.equal(bodies.length, `${what}: something is there twice`)
  ledger.pending.should.equal(bodies.length, `${what}: the ledger is wrong about what is pending`)
  ledger.accepted.should.equal(expected.pending.size + expected.settled.size, `${what}: accepted`)
  const lost = [...expected.pending].filter((body) => !isThere.has(body)).length
  const returned = bodies.filter((body) => expected.settled.has(body)).length
  // What is lost and what has come back, to be delivered once more, may cancel out.
  const deadLost = 80 - ledger.dead
  should(ledger.damaged).be.aboveOrEqual(lost + deadLost - returned, `${what}: lost without being counted`)
  if (what.startsWith('flip')) should(lost + returned).equal(0, `${what}: lost, although it can be mended`)
  if (returned === 0) ledger.damaged.should.equal(lost + deadLost, `${what}: damage`)
}

describe('an outbox whose files are damaged', () => {
  it(`opens after each of ${trials} random damages, hands out nothing wrong, and counts what is lost`, async function () {
    this.timeout(patienceMs)
    await inFolder(async (place) => {
      const original = join(place, 'original')
      const expected = await buildScene(original)
      const damage = fc.record<Damage>({
        how: fc.constantFrom('flip', 'flip', 'flip', 'truncate', 'zero-tail', 'delete'),
        file: fc.noBias(fc.nat(1000)),
        place: fc.noBias(fc.nat(999_999)).map((share) => share / 1e6),
      })
      await fc.assert(
        fc.asyncProperty(damage, async (one) => {
          const copy = join(place, 'copy')
          await cp(original, copy, { recursive: true })
          const what = await inflict(copy, one)
          judge(await survey(copy), what, expected)
          await removeFolder(copy)
        }),
        { numRuns: trials, endOnFailure: true },
      )
    })
  })
})
