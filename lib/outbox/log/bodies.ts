import { checkedBody, expectedBody, headerLength, readHeader } from './entry'
import type { Files } from './files'
import type { Place } from './live-index'
import type { Quarantine } from './quarantine'
import { segmentName } from './segment-header'

/** What lies close to each other is read at once. */
const gapBytes = 16 * 1024
const mostAtOnceBytes = 1 << 20
/** What a reading mostly takes. */
const usualBytes = 1 << 19
const mostKept = 2

/** Reads what entries hold. */
export class Bodies {
  /** Fresh memory for each reading would lie there until V8 collects it, which it hardly hurries to. */
  readonly #free: Buffer[] = []

  readonly #files: Files
  readonly #quarantine: Quarantine
  readonly #turn: () => Promise<void>

  constructor(files: Files, quarantine: Quarantine, turn: () => Promise<void>) {
    this.#files = files
    this.#quarantine = quarantine
    this.#turn = turn
  }

  /**
   * The bodies of these, in this order, in memory that is not used again; `undefined` for one that is damaged.
   * @throws what the file system throws
   */
  async read(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    const bodies: (Buffer | undefined)[] = new Array(places.length)
    for (const run of runsOf(places)) await this.#readRun(places, run, bodies)
    return bodies
  }

  async #readRun(places: readonly Place[], run: readonly number[], bodies: (Buffer | undefined)[]): Promise<void> {
    const copies = new Copies()
    const [first, last] = [places[run[0] ?? 0] as Place, places[run.at(-1) ?? 0] as Place]
    const name = segmentName(first.segment.number)
    const memory = this.#take(last.offset + last.length - first.offset)
    const bytes = await this.#files.readInto(memory, name, first.offset)
    for (const at of run) {
      const place = places[at] as Place
      const offset = place.offset - first.offset
      const body = expectedBody(bytes, offset, place.segment.seed, place) ?? bodyOf(bytes, offset, place)
      if (body) bodies[at] = copies.of(body)
      else await this.#quarantine.keep(name, place.offset, bytes.subarray(offset, offset + place.length))
      if (!copies.hasGrown) continue
      await this.#turn()
      copies.hasGrown = false
    }
    this.#give(memory)
  }

  #take(length: number): Buffer {
    if (length > usualBytes) return Buffer.allocUnsafeSlow(length)
    return (this.#free.pop() ?? Buffer.allocUnsafeSlow(usualBytes)).subarray(0, length)
  }

  #give(memory: Buffer): void {
    if (memory.buffer.byteLength === usualBytes && this.#free.length < mostKept)
      this.#free.push(Buffer.from(memory.buffer))
  }
}

/** Shared by few, so that one that is kept for long keeps little else alive. */
const pieceBytes = 1 << 16

/**
 * Copies bytes, many into one piece of memory: a piece of its own for each would lie outside of V8's heap, where each may cost
 * some milliseconds of the collector's once much has come to lie there.
 */
class Copies {
  /** Since this was set to `false`. */
  hasGrown = false
  #piece = Buffer.alloc(0)
  #used = 0

  of(bytes: Buffer): Buffer {
    if (bytes.length <= Buffer.poolSize >>> 1) return Buffer.from(bytes)
    if (bytes.length > pieceBytes / 2) {
      this.hasGrown = true
      return Buffer.from(bytes)
    }
    if (this.#used + bytes.length > this.#piece.length) {
      this.hasGrown = true
      this.#piece = Buffer.allocUnsafeSlow(pieceBytes)
      this.#used = 0
    }
    const copy = this.#piece.subarray(this.#used, this.#used + bytes.length)
    bytes.copy(copy)
    this.#used += bytes.length
    return copy
  }
}

/** Of an entry with a flipped bit. */
function bodyOf(bytes: Buffer, at: number, { segment, sequence, number, lane, length }: Place): Buffer | undefined {
  const header = readHeader(bytes, at, segment.seed)
  if (header?.number !== number || header.sequence !== sequence || header.lane !== lane) return undefined
  if (headerLength + header.length !== length || at + length > bytes.length) return undefined
  return checkedBody(bytes.subarray(at + headerLength, at + length), header)
}

/** What is read at once: numbers of places, in the order of the file. */
function runsOf(places: readonly Place[]): number[][] {
  const runs: number[][] = []
  let first: Place | undefined
  let end = 0
  for (const at of inFileOrder(places)) {
    const place = places[at] as Place
    const isClose =
      first?.segment === place.segment &&
      place.offset - end <= gapBytes &&
      place.offset + place.length - first.offset <= mostAtOnceBytes
    if (isClose) runs.at(-1)?.push(at)
    else {
      runs.push([at])
      first = place
    }
    end = place.offset + place.length
  }
  return runs
}

function inFileOrder(places: readonly Place[]): number[] {
  const order = places.map((_, at) => at)
  const isOrdered = places.every((place, at) => at === 0 || compare(places[at - 1] as Place, place) < 0)
  return isOrdered ? order : order.sort((a, b) => compare(places[a] as Place, places[b] as Place))
}

const compare = (a: Place, b: Place): number => a.segment.number - b.segment.number || a.offset - b.offset
