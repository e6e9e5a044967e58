import { promisify } from 'node:util'
import { brotliDecompress, unzip } from 'node:zlib'
import { tooLarge } from './exchange'

/** Not `deflate`, which some servers send with zlib's header and some without. */
export const acceptedEncodings = 'gzip, br'

const unpackers = {
  gzip: promisify(unzip),
  'x-gzip': promisify(unzip),
  deflate: promisify(unzip),
  br: promisify(brotliDecompress),
}

/**
 * The body of an answer as its `content-encoding` says; an unknown encoding is left as it is.
 * @throws ConnectorError `RESPONSE_TOO_LARGE` where it unpacks to more; zlib's own error where it is broken
 */
export async function unpack(
  body: Buffer,
  encoding: string | undefined,
  limits: { target: string; maxBytes: number },
): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (body.length === 0 || !isKnown(name)) return body
  try {
    return await unpackers[name](body, { maxOutputLength: limits.maxBytes })
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(limits.target, limits.maxBytes)
    throw failure
  }
}

const isKnown = (name: string): name is keyof typeof unpackers => Object.hasOwn(unpackers, name)
