import type { Readable } from 'node:stream'

export interface BodyLimits {
  /** A larger body is refused with 413; bytes. */
  maxBodyBytes: number
  /** What exceeds this in all bodies that are still coming in is refused with 503; bytes. */
  maxUnfinishedBytes: number
}

/** The HTTP status of a body that is not taken. */
export type BodyRefusal = 413 | 503

/** Collects what comes in, within the limits of one body and of all that are unfinished. */
export class UnfinishedBodies {
  readonly #limits: BodyLimits
  #unfinishedBytes = 0

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  /** Hands on the complete body, or the status that refuses it. A request that breaks off is dropped. */
  receive(incoming: Readable, done: (body: Buffer | BodyRefusal) => void): void {
    const chunks: Buffer[] = []
    let size = 0
    let refusal: BodyRefusal | undefined
    const letGo = () => {
      for (const chunk of chunks) this.#unfinishedBytes -= chunk.length
      chunks.length = 0
    }
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > this.#limits.maxBodyBytes) refusal ??= 413
      else if (this.#unfinishedBytes + chunk.length > this.#limits.maxUnfinishedBytes) refusal ??= 503
      if (refusal) return letGo()
      chunks.push(chunk)
      this.#unfinishedBytes += chunk.length
    })
    incoming.on('end', () => {
      const body = refusal ?? (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
      letGo()
      done(body)
    })
    incoming.on('close', letGo)
    incoming.on('error', () => {})
  }
}
