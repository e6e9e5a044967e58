import * as crypto from 'node:crypto'

/** Lower-case hex digest of a text's UTF-8 bytes. */
export function hexDigest(algorithm: 'sha256' | 'md5', text: string): string {
  // In one call where Node.js has it (from 20.12): half the time.
  return crypto.hash?.(algorithm, text, 'hex') ?? crypto.createHash(algorithm).update(text, 'utf8').digest('hex')
}
