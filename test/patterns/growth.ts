import { ways, worstTexts } from './entries'

/** What is linear takes 16 times as long for 16 times the text; what is quadratic, 256 times. */
const [short, long] = [64 * 1024, 1024 * 1024]
const mostGrowth = 40
/** In less than this much CPU time nothing can be told; the collector of garbage alone takes as much. */
const floorMs = 25

const takesMs = async (way: (text: string) => unknown, text: string): Promise<number> => {
  const before = process.cpuUsage()
  try {
    await way(text)
  } catch {
    // How it ends is not asked.
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** What a quadratic pattern does, for the test of this test. */
const planted = { 'a planted pattern': (text: string) => /\/+$/.test(text) }

/** Says what it begins with, so that one that never ends is known, and what takes too much. */
async function measure(): Promise<void> {
  const texts = [...worstTexts(short)].map(([name, text]) => ({ name, text }))
  const longTexts = new Map(worstTexts(long))
  for (const [way, read] of Object.entries(process.argv.includes('planted') ? planted : ways)) {
    for (const { name, text } of texts) {
      tell({ begins: [way, name] })
      const shortMs = await takesMs(read, text)
      const mostMs = mostGrowth * Math.max(floorMs, shortMs)
      // Who takes so long for so little is not asked for more.
      if (shortMs > 8 * floorMs) tell({ slow: [way, name], shortMs })
      else {
        const tookMs = await takesMs(read, longTexts.get(name) ?? '')
        if (tookMs > mostMs) tell({ slow: [way, name], tookMs, mostMs })
      }
    }
  }
  tell({ over: true })
}

void measure()
