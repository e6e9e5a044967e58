import { createHmac, timingSafeEqual } from 'node:crypto'
import { isFields } from '../checked-input'
import { readJson } from '../json'

/** Payload of an access token; times in Unix seconds, as numbers. */
export interface TokenPayload {
  userId: string
  clientId: string
  iat: number
  exp: number
}

/** What is wrong with a token, named as the cloud names it. */
export type TokenProblem =
  | { name: 'JsonWebTokenError'; message: 'invalid token' | 'invalid signature' | 'jwt malformed' }
  | { name: 'TokenExpiredError'; message: 'jwt expired'; expiredAt: string }

const header = Buffer.from('{"typ":"JWT","alg":"HS256"}').toString('base64url')

/** A JSON Web Token, HS256. */
export function signToken(payload: TokenPayload, secret: Buffer): string {
  const content = `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
  return `${content}.${signature(content, secret).toString('base64url')}`
}

/** The payload of a token of ours that still lives, or what is wrong with it. */
export function readToken(token: string, secret: Buffer, nowMs: number): TokenPayload | TokenProblem {
  const [head, payload, given, ...rest] = token.split('.')
  if (!head || !payload || !given || rest.length > 0) return { name: 'JsonWebTokenError', message: 'jwt malformed' }
  const fields = parsed(payload)
  if (!isFields(parsed(head)) || !isFields(fields)) return { name: 'JsonWebTokenError', message: 'invalid token' }
  const expected = signature(`${head}.${payload}`, secret)
  const actual = Buffer.from(given, 'base64url')
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    return { name: 'JsonWebTokenError', message: 'invalid signature' }
  }
  const { userId, clientId, iat, exp } = fields as unknown as TokenPayload
  return nowMs < exp * 1000 ? { userId, clientId, iat, exp } : expired(exp * 1000)
}

export function expired(atMs: number): TokenProblem {
  return { name: 'TokenExpiredError', message: 'jwt expired', expiredAt: new Date(atMs).toISOString() }
}

function signature(content: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(content).digest()
}

function parsed(segment: string): unknown {
  try {
    return readJson(Buffer.from(segment, 'base64url'))
  } catch {
    return undefined
  }
}
