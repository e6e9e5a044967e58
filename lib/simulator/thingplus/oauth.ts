import { type Fields, isFields } from '../checked-input'
import type { SimulatedReply } from '../cloud'
import type { AuthorizationCodes } from './authorize'
import type { Identities } from './identity'
import { type OpenCall, openRoute, type Route } from './router'
import { type OAuthClient, userByLogin, type World } from './world'

const statuses = {
  unsupported_grant_type: 501,
  expired_code: 403,
  invalid_code: 400,
  redirect_uri_mismatch: 400,
  incorrect_client_credentials: 401,
  incorrect_user_credentials: 401,
  unauthorized_user: 403,
}

/**
 * The token endpoint: `grant_type` `password` or `authorization_code`, JSON or form. Neither the answer nor an error is
 * enveloped; docs/protocol/thingplus.md §4.1, §4.6.
 */
export function tokenRoutes(world: World, identities: Identities, codes: AuthorizationCodes): Route[] {
  return [
    openRoute('POST', '/oauth2/token', (call) => {
      const fields: Fields = isFields(call.body) ? call.body : {}
      const grant = fields['grant_type']
      if (grant !== 'password' && grant !== 'authorization_code') {
        return tokenError('unsupported_grant_type', 'Unsupported grant type')
      }
      const client = world.clients.get(String(fields['client_id']))
      if (!client || client.clientSecret !== fields['client_secret']) {
        return tokenError('incorrect_client_credentials', 'Incorrect client credentials')
      }
      return grant === 'password' ? byPassword(fields, client, call) : byCode(fields, client, call)
    }),
  ]

  function byPassword(fields: Fields, client: OAuthClient, { nowMs }: OpenCall): SimulatedReply {
    const user = userByLogin(world, fields['username'])
    if (!user || user.digest !== fields['password']) {
      return tokenError('incorrect_user_credentials', 'Incorrect user credentials')
    }
    if (!user.allowed) return tokenError('unauthorized_user', 'Unauthorized user')
    return token(identities.issueToken(user, client, world.options.passwordTokenLifeSeconds, nowMs))
  }

  function byCode(fields: Fields, client: OAuthClient, { nowMs }: OpenCall): SimulatedReply {
    const code = codes.take(String(fields['code']))
    const user = world.users.get(code?.userId ?? '')
    if (!code || !user || code.clientId !== client.id) return tokenError('invalid_code', 'Invalid authorization code')
    if (code.expiresMs <= nowMs) return tokenError('expired_code', 'Expired authorization code')
    if (code.redirectUri !== fields['redirect_uri']) {
      return tokenError('redirect_uri_mismatch', 'Mismatched redirect uri')
    }
    if (!user.allowed) return tokenError('unauthorized_user', 'Unauthorized user')
    return token(identities.issueToken(user, client, world.options.codeTokenLifeSeconds, nowMs))
  }
}

function token(accessToken: string): SimulatedReply {
  return { status: 200, body: { access_token: accessToken, token_type: 'Bearer' } }
}

function tokenError(code: keyof typeof statuses, message: string): SimulatedReply {
  const status = statuses[code]
  return { status, body: { name: 'TokenError', message, code, status } }
}
