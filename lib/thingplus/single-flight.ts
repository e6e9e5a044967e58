import { ConnectorError } from '../http'

/**
 * One run of a task however many ask for its result meanwhile. A caller who aborts leaves alone; the task itself is
 * stopped only when nobody waits for it any more.
 */
export class SingleFlight<Result> {
  #flight: Flight<Result> | undefined

  /** @throws ConnectorError `ABORTED` for this caller; whatever the task throws, for all of them */
  async join(task: (signal: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) throw aborted()
    this.#flight ??= this.#start(task)
    const flight = this.#flight
    flight.waiting++
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      flight.waiting--
      if (flight.waiting === 0 && this.#flight === flight) {
        this.#flight = undefined
        if (signal?.aborted) flight.stop.abort()
      }
    }
  }

  #start(task: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const stop = new AbortController()
    return { result: task(stop.signal), stop, waiting: 0 }
  }
}

interface Flight<Result> {
  result: Promise<Result>
  stop: AbortController
  waiting: number
}

function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return result
  return new Promise((resolve, reject) => {
    const leave = () => reject(aborted())
    signal.addEventListener('abort', leave, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

function aborted(): ConnectorError {
  return new ConnectorError('ABORTED', 'Stopped because the flow was closed or deployed again.')
}
