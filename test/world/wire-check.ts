import type { WorldClock } from './clock'
import type { WireRequest } from './network'
import type { Truth } from './truth'

/** The same values may be sent this often within a second. */
const mostPerSecond = 8

/** What a process may say to a cloud, looked at as it leaves. */
export class WireCheck {
  /** By where they go and what they hold: when they were sent lately. */
  readonly #sent = new Map<string, number[]>()

  constructor(
    private readonly truth: Truth,
    private readonly clock: WorldClock,
  ) {}

  sent({ path, body }: WireRequest): void {
    const [place = ''] = path.split('?')
    if (place.startsWith('/topic/')) this.#points(place, body.toString())
  }

  #points(place: string, body: string): void {
    const { opening } = this.truth
    const values = this.truth.valuesIn(body)
    for (const { id, stream, confirmedIn, isSettled } of values) {
      if (confirmedIn === opening)
        this.truth.violated('sent again', `value ${id} of ${stream} was confirmed, and is sent again`)
      if (isSettled)
        this.truth.violated('sent again', `value ${id} of ${stream} was written down as delivered, and is sent again`)
    }
    this.#count(`${place} ${values.map(({ id }) => id).join()}`)
  }

  #count(request: string): void {
    const { nowMs } = this.clock
    const lately = (this.#sent.get(request) ?? []).filter((atMs) => nowMs - atMs < 1_000)
    lately.push(nowMs)
    this.#sent.set(request, lately)
    if (lately.length === mostPerSecond)
      this.truth.violated(
        'a hot loop',
        `the same values ${mostPerSecond} times within a second: ${request.slice(0, 100)}`,
      )
  }
}
