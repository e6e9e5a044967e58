import type { Socket } from 'node:net'

/** For all interim answers before an answer: far more than hints and a `100 Continue` need. */
const mostBytes = 65_536
const nothing: Buffer = Buffer.alloc(0)

/**
 * Makes a socket leave out the interim answers of HTTP/1.1 (every 1xx but 101) of what it reads. Some gateways send a
 * `100 Continue` that nobody asked for, as the standard allows (RFC 9110, section 15.2); the HTTP library breaks off there,
 * and what the cloud has taken would count as not sent.
 *
 * It looks at the first bytes only that come after a request's head, which is written as a text (the library's bodies are
 * Buffers), and reads by `read`.
 */
export function passOverInterimAnswers(socket: Socket): void {
  const heads = new InterimAnswers()
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null
  const write = socket.write.bind(socket) as (...content: unknown[]) => boolean
  socket.read = (size?: number) => {
    if (heads.areOver || size === 0) return read(size)
    for (let part = read(size); part !== null; part = read(size)) {
      const rest = heads.leftOut(part)
      if (rest === undefined) {
        socket.destroy(tooMany())
        return null
      }
      if (rest.length > 0) return rest
    }
    return null
  }
  socket.write = ((...content: unknown[]) => {
    if (typeof content[0] === 'string') heads.begin()
    return write(...content)
  }) as Socket['write']
}

/** As the HTTP library's parser calls a header without end. */
function tooMany(): Error {
  return Object.assign(new Error('too many interim answers'), { code: 'HPE_HEADER_OVERFLOW' })
}

/** What comes before the answer to one request. */
class InterimAnswers {
  #state: 'start' | 'head' | 'over' = 'over'
  /** The first bytes of an answer, too few to tell which. */
  #first = nothing
  #isLineEmpty = false
  #leftOutBytes = 0

  /** The answer itself has begun, or nobody waits for one. */
  get areOver(): boolean {
    return this.#state === 'over'
  }

  /** A request is being written. */
  begin(): void {
    this.#state = 'start'
    this.#first = nothing
    this.#leftOutBytes = 0
  }

  /** What is left of these bytes; `undefined` where too many came. */
  leftOut(part: Buffer): Buffer | undefined {
    let rest = part
    while (rest.length > 0 && this.#state !== 'over')
      rest = this.#state === 'start' ? this.#begun(rest) : this.#ended(rest)
    return this.#leftOutBytes > mostBytes ? undefined : rest
  }

  #begun(part: Buffer): Buffer {
    const bytes = this.#first.length === 0 ? part : Buffer.concat([this.#first, part])
    const isInterim = beginsInterimAnswer(bytes)
    this.#first = isInterim === undefined ? bytes : nothing
    if (isInterim === undefined) return nothing
    this.#state = isInterim ? 'head' : 'over'
    this.#isLineEmpty = false
    return bytes
  }

  /** What follows the empty line that ends the head. */
  #ended(part: Buffer): Buffer {
    let at = 0
    while (at < part.length && this.#state === 'head') {
      const byte = part[at++]
      if (byte === lineFeed && this.#isLineEmpty) this.#state = 'start'
      if (byte !== carriageReturn) this.#isLineEmpty = byte === lineFeed
    }
    this.#leftOutBytes += at
    return part.subarray(at)
  }
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const interim = 'HTTP/1.x 1xx'

/** `undefined` where there are too few bytes to tell. */
function beginsInterimAnswer(bytes: Buffer): boolean | undefined {
  const length = Math.min(bytes.length, interim.length)
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number
    const isDigit = byte >= 0x30 && byte <= 0x39
    if (interim[at] === 'x' ? !isDigit : byte !== interim.charCodeAt(at)) return false
  }
  if (length < interim.length) return undefined
  return bytes.toString('latin1', 9, 12) !== '101'
}
