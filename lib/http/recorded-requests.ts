import type { HttpRequest } from './client'

/** Stands where a request has a secret. No encoding changes it. */
export const maskedSecret = '***'

/** Requests that are made to be looked at, not to be sent. */
export class RecordedRequests {
  /** The first of them. */
  readonly kept: HttpRequest[] = []
  readonly #mostKept: number
  #count = 0

  constructor(mostKept: number) {
    this.#mostKept = mostKept
  }

  /** How many there are. */
  get count(): number {
    return this.#count
  }

  /** @param make makes it, where it is kept */
  async add(make: () => HttpRequest | Promise<HttpRequest>): Promise<void> {
    this.#count += 1
    if (this.kept.length < this.#mostKept) this.kept.push(await make())
  }
}
