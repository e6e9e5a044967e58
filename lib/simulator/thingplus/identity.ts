import { randomBytes } from 'node:crypto'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { accessDenied, failure } from './envelope'
import { expired, readToken, signToken, type TokenProblem } from './jwt'
import type { Access } from './router'
import type { OAuthClient, User, World } from './world'

export interface Identity {
  user: User
  client?: OAuthClient
}

/** Who is calling: portal sessions (cookie `dwTPlus`) and access tokens (Bearer JWT). */
export class Identities {
  readonly #secret = randomBytes(32)
  /** Cookie value to user id. */
  readonly #sessions = new Map<string, string>()
  /** Tokens ended before their time, with the time. */
  readonly #ended = new Map<string, number>()

  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Opens a portal session; the value of its cookie. */
  openSession(user: User): string {
    const value = randomBytes(24).toString('base64url')
    this.#sessions.set(value, user.id)
    return value
  }

  issueToken(user: User, client: OAuthClient, lifeSeconds: number, nowMs: number): string {
    const ids = { userId: user.id, clientId: client.id }
    for (let iat = Math.floor(nowMs / 1000); ; iat -= 1) {
      const token = signToken({ ...ids, iat, exp: iat + lifeSeconds }, this.#secret)
      // Two tokens of one second are the same text: one that was ended must not be handed out again.
      if (!this.#ended.has(token)) return token
    }
  }

  /** Ends the token of a request and refuses it so; nothing for a request without a token. */
  endToken(request: SimulatedRequest): SimulatedReply | undefined {
    const token = bearerToken(request)
    if (token === undefined) return undefined
    this.#ended.set(token, request.receivedMs)
    return this.#tokenRefusal(expired(request.receivedMs))
  }

  /** Ends the portal session of a request and refuses it so; nothing for a request without a session. */
  endSession(request: SimulatedRequest): SimulatedReply | undefined {
    return this.#sessions.delete(sessionCookie(request) ?? '') ? accessDenied() : undefined
  }

  /** The caller, or the refusal when the route is not for them. */
  identify(request: SimulatedRequest, access: Access): Identity | SimulatedReply {
    const token = bearerToken(request)
    if (token !== undefined && access !== 'session') return this.#byToken(token, access, request.receivedMs)
    const user = this.sessionUser(request)
    return user ? { user } : accessDenied()
  }

  sessionUser(request: SimulatedRequest): User | undefined {
    const id = this.#sessions.get(sessionCookie(request) ?? '')
    return id === undefined ? undefined : this.#world.users.get(id)
  }

  #byToken(token: string, access: 'login' | readonly string[], nowMs: number): Identity | SimulatedReply {
    const endedMs = this.#ended.get(token)
    const payload = endedMs === undefined ? readToken(token, this.#secret, nowMs) : expired(endedMs)
    if ('name' in payload) return this.#tokenRefusal(payload)
    const user = this.#world.users.get(payload.userId)
    const client = this.#world.clients.get(payload.clientId)
    if (!user?.allowed || !client) return this.#tokenRefusal({ name: 'JsonWebTokenError', message: 'invalid token' })
    if (access !== 'login' && !access.some((scope) => client.scopes.includes(scope))) {
      return failure(403, 'ACL_DENY', `the scopes of the token do not allow this, it needs one of ${access.join(', ')}`)
    }
    return { user, client }
  }

  #tokenRefusal(problem: TokenProblem): SimulatedReply {
    return { status: this.#world.options.tokenErrorStatus, body: problem }
  }
}

function bearerToken({ headers }: SimulatedRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

function sessionCookie({ headers }: SimulatedRequest): string | undefined {
  return /(?:^|; *)dwTPlus=([^;]+)/.exec(headers.cookie ?? '')?.[1]
}
