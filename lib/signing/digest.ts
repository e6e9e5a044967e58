import { createHash } from 'node:crypto'

/** Lower-case hex digest of a text's UTF-8 bytes. */
export function hexDigest(algorithm: 'sha256' | 'md5', text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex')
}
