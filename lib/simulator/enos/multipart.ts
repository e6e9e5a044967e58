import type { SimulatedRequest } from '../cloud'

/** One part of a multipart/form-data body. */
export interface Part {
  name: string
  filename: string | undefined
  /** Names in lower case. */
  headers: Record<string, string>
  content: Buffer
}

export function isMultipart({ headers }: SimulatedRequest): boolean {
  return /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')
}

/** The parts of a multipart/form-data body; `undefined` where it is torn or has no boundary. */
export function parseMultipart({ headers, body }: SimulatedRequest): Part[] | undefined {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(headers['content-type'] ?? '')
  const delimiter = Buffer.from(`\r\n--${boundary?.[1] ?? boundary?.[2]}`)
  if (!boundary) return undefined
  const parts: Part[] = []
  // The first delimiter may open the body, without a line end before it.
  const opening = delimiter.subarray(2)
  let position = body.subarray(0, opening.length).equals(opening) ? 0 : body.indexOf(delimiter) + 2
  if (position === 1) return undefined
  position += opening.length
  while (body.toString('latin1', position, position + 2) !== '--') {
    const start = body.indexOf('\r\n', position) + 2
    const headEnd = body.indexOf('\r\n\r\n', position)
    const end = body.indexOf(delimiter, headEnd)
    if (start === 1 || headEnd === -1 || end === -1) return undefined
    const part = partOf(body.toString('utf8', start, headEnd), body.subarray(headEnd + 4, end))
    if (!part) return undefined
    parts.push(part)
    position = end + delimiter.length
  }
  return parts
}

function partOf(head: string, content: Buffer): Part | undefined {
  const headers: Record<string, string> = {}
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  const disposition = headers['content-disposition'] ?? ''
  const name = parameterOf(disposition, 'name')
  return name === undefined ? undefined : { name, filename: parameterOf(disposition, 'filename'), headers, content }
}

function parameterOf(disposition: string, parameter: string): string | undefined {
  const match = new RegExp(`;\\s*${parameter}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(disposition)
  return match?.[1] ?? match?.[2]
}
