import { randomBytes } from 'node:crypto'
import { isFields } from '../checked-input'
import type { SimulatedReply } from '../cloud'
import { accessDenied } from './envelope'
import type { Identities } from './identity'
import { textOf } from './query'
import { type OpenCall, openRoute, type Route } from './router'
import type { World } from './world'

interface Grant {
  userId: string
  clientId: string
  redirectUri: string
  expiresMs: number
}

/** Authorization codes handed out and not yet used; each works once. */
export class AuthorizationCodes {
  readonly #grants = new Map<string, Grant>()
  /** Grants that the user was asked about, by the id of the question. */
  readonly pending = new Map<string, Grant>()

  issue(grant: Grant): string {
    const code = randomBytes(12).toString('base64url')
    this.#grants.set(code, grant)
    return code
  }

  take(code: string): Grant | undefined {
    const grant = this.#grants.get(code)
    this.#grants.delete(code)
    return grant
  }
}

const statuses = {
  invalid_request: 400,
  unsupported_response_type: 501,
  incorrect_client_credentials: 401,
  redirect_uri_mismatch: 400,
}

/**
 * `GET /oauth2/authorize` in a browser with a portal session: grants at once, or (option `consentPage`) shows a form
 * whose answer goes to `/oauth2/authorize/decision`. Both end in a redirect to the client with `code`, or with
 * `error=access_denied`; docs/protocol/thingplus.md §4.4, §4.6.
 */
export function authorizeRoutes(world: World, identities: Identities, codes: AuthorizationCodes): Route[] {
  return [
    openRoute('GET', '/oauth2/authorize', (call) => {
      const user = identities.sessionUser(call.request)
      if (!user) return accessDenied()
      const asked = readRequest(world, call)
      if ('status' in asked) return asked
      const grant: Grant = { ...asked, userId: user.id, expiresMs: call.nowMs + world.options.codeLifeSeconds * 1000 }
      if (!world.options.consentPage) return redirect(grant, 'code', codes.issue(grant))
      const transaction = randomBytes(6).toString('base64url')
      codes.pending.set(transaction, grant)
      return consentPage(grant, transaction)
    }),
    openRoute('POST', '/oauth2/authorize/decision', ({ request, body }) => {
      const fields = isFields(body) ? body : {}
      const transaction = String(fields['transaction_id'])
      const grant = codes.pending.get(transaction)
      if (identities.sessionUser(request)?.id !== grant?.userId || !grant) {
        return { status: 403, body: { name: 'ForbiddenError', message: 'Unable to load OAuth 2.0 transaction' } }
      }
      codes.pending.delete(transaction)
      return fields['cancel'] === undefined
        ? redirect(grant, 'code', codes.issue(grant))
        : redirect(grant, 'error', 'access_denied')
    }),
  ]
}

function readRequest(world: World, { query }: OpenCall): { clientId: string; redirectUri: string } | SimulatedReply {
  const responseType = textOf(query, 'response_type')
  const clientId = textOf(query, 'client_id')
  const redirectUri = textOf(query, 'redirect_uri')
  if (!responseType) return authorizationError('invalid_request', 'Missing required parameter: response_type')
  if (responseType !== 'code') {
    return authorizationError('unsupported_response_type', `Unsupported response type: ${responseType}`)
  }
  if (!clientId) return authorizationError('invalid_request', 'Missing required parameter: client_id')
  if (!world.clients.has(clientId)) {
    return authorizationError('incorrect_client_credentials', 'Incorrect client credentials')
  }
  if (!redirectUri || !URL.canParse(redirectUri)) {
    return authorizationError('redirect_uri_mismatch', 'Mismatched redirect uri')
  }
  return { clientId, redirectUri }
}

function redirect({ redirectUri }: Grant, name: string, value: string): SimulatedReply {
  const target = new URL(redirectUri)
  target.searchParams.set(name, value)
  return { status: 302, headers: { location: target.href }, body: '' }
}

function consentPage({ clientId }: Grant, transaction: string): SimulatedReply {
  const client = clientId.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  const page = `<!doctype html><title>Thing+</title><p>Allow ${client} to use your account?</p>
<form method="post" action="authorize/decision"><input type="hidden" name="transaction_id" value="${transaction}">
<button>Allow</button> <button name="cancel" value="deny">Deny</button></form>`
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(page) }
}

function authorizationError(code: keyof typeof statuses, message: string): SimulatedReply {
  const status = statuses[code]
  return { status, body: { name: 'AuthorizationError', message, code, status } }
}
