import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const saltBytes = 16
const ivBytes = 12
const tagBytes = 16

/**
 * A text that only the holder of the secret can read again, as base64.
 * @param context what it is for: it opens for nothing else
 */
export function sealed(text: string, secret: string, context: string): string {
  const salt = randomBytes(saltBytes)
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, keyOf(secret, salt, context), iv)
  const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([salt, iv, cipher.getAuthTag(), content]).toString('base64')
}

/** The text; `undefined` where another secret, or for something else, or damaged. */
export function unsealed(base64: string, secret: string, context: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64')
  const contentAt = saltBytes + ivBytes + tagBytes
  if (bytes.length < contentAt) return undefined
  try {
    const key = keyOf(secret, bytes.subarray(0, saltBytes), context)
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(saltBytes, saltBytes + ivBytes))
    decipher.setAuthTag(bytes.subarray(saltBytes + ivBytes, contentAt))
    return decipher.update(bytes.subarray(contentAt), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}

function keyOf(secret: string, salt: Buffer, context: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, `session of ${context}`, 32))
}
