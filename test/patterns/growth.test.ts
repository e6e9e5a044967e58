import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import 'should'

/** Ends what never ends; nothing is measured by it. */
const mostMs = 20 * 60_000

interface Line {
  begins?: [way: string, text: string]
  slow?: [way: string, text: string]
  over?: true
}

/** What takes too much, measured in a process of its own: one bad pattern would never let go of this one. */
async function slowWays(...options: string[]): Promise<string[]> {
  const child = spawn(process.execPath, ['-r', 'tsx/cjs', join(__dirname, 'growth.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: mostMs,
    killSignal: 'SIGKILL',
  })
  const slow: string[] = []
  let latest: Line = {}
  for await (const text of createInterface({ input: child.stdout })) {
    latest = JSON.parse(text) as Line
    if (latest.slow) slow.push(latest.slow.join(': '))
  }
  return latest.over ? slow : [...slow, `${latest.begins?.join(': ')} never ends`]
}

describe('A megabyte of the worst text', function () {
  this.timeout(mostMs + 60_000)

  it('takes no more work for its length than 64 kB do, by whichever way it comes in', async () => {
    ;(await slowWays()).should.deepEqual([])
  })

  it('is told from work that grows with the square of its length', async () => {
    ;(await slowWays('planted')).should.deepEqual(['a planted pattern: "/\\n!"'])
  })
})
