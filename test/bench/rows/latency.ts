import type { Figure } from '../figure'
import { type BarePosts, barePosts, column, endToEnd, interleaved, type Scene } from './row'

const roundTripMs = 50
const batch = 1000
const mostRequests = 8

type Rate = Pick<BarePosts, 'pointsPerSecond'>

/**
 * Arrays through the outbox to a cloud that answers 50 ms late: one device (one request at a time keeps its order), and
 * many. The limit, batch × requests ÷ round trip, is what bare posts of ready-made bodies reach with as many requests; the
 * bodies name as many devices, since larger ones take the cloud longer.
 */
export async function latency(scene: Scene): Promise<Figure[]> {
  const { sizes, simulator } = scene
  const limitOf = (requests: number) => (batch * requests * 1000) / roundTripMs
  const send = (requests: number, devices: number) => () => {
    const messages = Math.ceil((limitOf(requests) * sizes.durationMs) / 1000 / batch)
    return endToEnd(scene, 'post-outbox', { inFlight: 16, messages, pointsPerMessage: batch, devices })
  }
  const devices = Math.min(100, sizes.devices)
  await simulator.latency(roundTripMs)
  const limit = (requests: number, named: number) => () => barePosts(scene, 'http', batch, requests, named)
  const rounds = await interleaved(sizes, {
    one: send(1, 0),
    oneAtMost: limit(1, 0),
    many: send(mostRequests, devices),
    manyAtMost: limit(mostRequests, devices),
  })
  await simulator.latency(0)
  const figure = (what: string, rows: readonly Rate[], limits: readonly Rate[]): Figure => ({
    what: `outbox, cloud ${roundTripMs} ms away, ${what} / batch × requests ÷ round trip`,
    unit: 'points/s',
    compare: 'ratio',
    ours: column(rows, 'pointsPerSecond'),
    baseline: column(limits, 'pointsPerSecond'),
    goal: { least: 0.9 },
  })
  return [
    figure('one device, 1,000 × 1', rounds.one, rounds.oneAtMost),
    figure(`${devices} devices, 1,000 × ${mostRequests}`, rounds.many, rounds.manyAtMost),
  ]
}
