import { ConnectorError, say } from '../core'
import type { Registered } from './adoption'
import type { Dialect } from './dialect'
import { itemIdOf } from './identifiers'
import { type ThingPlusTokenOptions, ThingPlusTokenSource } from './oauth-source'
import { apiPath } from './path'
import { type PortalOptions, PortalSession } from './portal-session'
import { isRefusal } from './refusal'
import { type AuthClient, readAuthClient } from './types'

export interface NewAuthClient {
  /** Becomes the client id; unique on the whole platform, as the name is. */
  id: string
  name: string
  clientSecret: string
  /** What its tokens may do; `gateway` and `site-read` when left out, enough for this package. */
  scopes?: readonly string[] | undefined
}

export type CreateClientOptions = PortalOptions & Pick<ThingPlusTokenOptions, 'tokenBodyFormat'>

const defaultScopes = ['gateway', 'site-read']

/**
 * Creates an OAuth client through a portal login, or adopts the one that is there and ours.
 * @throws ConnectorError `CONFLICT` when id or name belong to somebody else, or the client is there with another secret
 * or fewer scopes; `AUTH_REFUSED`, `INPUT_EMPTY`, `INPUT_INVALID`
 * Source: docs/protocol/thingplus.md §4.7.
 */
export async function createAuthClient(
  portal: CreateClientOptions,
  dialect: Dialect,
  request: NewAuthClient,
  signal?: AbortSignal,
): Promise<Registered<AuthClient>> {
  const id = itemIdOf(request.id, 'OAuth client')
  const { name, clientSecret } = request
  const scopes = request.scopes?.length ? [...request.scopes] : defaultScopes
  if (!name || !clientSecret) throw new ConnectorError('INPUT_EMPTY', say`An OAuth client needs a name and a secret.`)

  const session = await PortalSession.open({ ...portal, newSecret: clientSecret }, signal)
  try {
    const body = { name, reqId: id, clientSecret, scopes }
    const { data } = await session.request('POST', dialect.authClientsPath, { body, itemId: id, signal })
    return { item: readAuthClient(data), created: true }
  } catch (failure) {
    if (!isRefusal(failure, 'CONFLICT')) throw failure
    const existing = await ownClient(session, dialect.authClientsPath + apiPath`/${id}`, failure, signal)
    await provePair(portal, id, clientSecret, signal)
    return { item: fitting(existing, scopes), created: false }
  } finally {
    await session.close(signal)
  }
}

async function ownClient(
  session: PortalSession,
  path: string,
  conflict: ConnectorError,
  signal: AbortSignal | undefined,
): Promise<AuthClient> {
  try {
    return readAuthClient((await session.request('GET', path, { signal })).data)
  } catch (failure) {
    if (!isRefusal(failure, 'NOT_FOUND', 'PERMISSION_DENIED')) throw failure
    throw new ConnectorError(
      'CONFLICT',
      say`The id or the name of the OAuth client is taken by somebody else: both are unique on the whole platform. Choose others.`,
      conflict,
    )
  }
}

/** A read doesn't show the secret of a client; a token request tells whether it is the given one. */
async function provePair(
  portal: CreateClientOptions,
  clientId: string,
  clientSecret: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await new ThingPlusTokenSource({ ...portal, clientId, clientSecret }).get(signal)
  } catch (failure) {
    if (!isRefusal(failure, 'AUTH_REFUSED') || failure.cloudCode !== 'incorrect_client_credentials') throw failure
    throw new ConnectorError(
      'CONFLICT',
      say`The OAuth client ${clientId} is there already, but with another secret. Use what it has, or create another one.`,
    )
  }
}

function fitting(client: AuthClient, scopes: readonly string[]): AuthClient {
  const missing = scopes.filter((scope) => !client.scopes.includes(scope))
  if (missing.length === 0) return client
  throw new ConnectorError(
    'CONFLICT',
    say`The OAuth client ${client.id} is there already, but without the scopes ${missing.join(', ')}. Use what it has, or create another one.`,
  )
}
