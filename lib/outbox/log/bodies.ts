import { checkedBody, expectedBody, headerLength, readHeader } from './entry'
import type { Files } from './files'
import type { Place } from './live-index'
import type { Quarantine } from './quarantine'
import { segmentName } from './segment-header'

/** What lies close to each other is read at once. */
const gapBytes = 16 * 1024
const mostAtOnceBytes = 1 << 20

/** The bodies of these, in this order; `undefined` for one that is damaged. @throws what the file system throws */
export async function readBodies(
  places: readonly Place[],
  files: Files,
  quarantine: Quarantine,
): Promise<(Buffer | undefined)[]> {
  const bodies: (Buffer | undefined)[] = new Array(places.length)
  for (const run of runsOf(places)) {
    const [first, last] = [places[run[0] ?? 0] as Place, places[run.at(-1) ?? 0] as Place]
    const name = segmentName(first.segment.number)
    const bytes = await files.read(name, first.offset, last.offset + last.length - first.offset)
    for (const at of run) {
      const place = places[at] as Place
      const offset = place.offset - first.offset
      const body = expectedBody(bytes, offset, place.segment.seed, place) ?? bodyOf(bytes, offset, place)
      if (!body) await quarantine.keep(name, place.offset, bytes.subarray(offset, offset + place.length))
      bodies[at] = body
    }
  }
  return bodies
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
