import { type Clock, say, systemClock } from '../core'
import { HttpClient, parseBaseUrl } from '../http'
import { refusesThingPlusToken, type ThingPlusToken, ThingPlusTokenSource, type TokenBodyFormat } from '../thingplus'
import { extensionFor, givenTexts } from './extension'
import type { GotExtension } from './got-shapes'

/** What may be `undefined` comes out of a script's environment; it is missed at once, by name. */
export interface ThingPlusGotOptions {
  /** With its version: `https://api.thingplus.net/v2`. */
  apiUrl: string | undefined
  clientId: string | undefined
  clientSecret: string | undefined
  /** The portal's login id, not an e-mail address. */
  username: string | undefined
  password: string | undefined
  /** `password` already is the lower-case hex MD5. */
  passwordIsDigest?: boolean | undefined
  /** `json` when left out. */
  tokenBodyFormat?: TokenBodyFormat | undefined
  /** Fetches the tokens; one of its own when left out. Give one where they have to go through a proxy or another TLS. */
  http?: HttpClient | undefined
  clock?: Clock | undefined
}

/**
 * Options for `got.extend`, so that got calls the API of Thing+: `thingplus.get('gateways')`, without a slash at the
 * beginning.
 * @throws ConnectorError `CONFIG_INCOMPLETE`, `CONFIG_INVALID_URL`. What getting a token throws is the `code` and the message
 *   of got's `RequestError`: `AUTH_REFUSED`, `NETWORK_*`, `CLOUD_ERROR`
 */
export function thingplusGot(options: ThingPlusGotOptions): GotExtension {
  const { http = new HttpClient(), clock = systemClock, passwordIsDigest, tokenBodyFormat } = options
  const baseUrl = parseBaseUrl(options.apiUrl, say`The API base URL of Thing+`)
  const given = givenTexts(options, ['clientId', 'clientSecret', 'username', 'password'])
  const { clientId, clientSecret, username: userName, password } = given
  const credentials = { clientId, clientSecret, userName, password, passwordIsDigest }
  const tokens = new ThingPlusTokenSource({ ...credentials, baseUrl, tokenBodyFormat, http, clock })
  return extensionFor<ThingPlusToken>({
    baseUrl,
    secrets: tokens.secrets,
    tokens,
    textOf: ({ accessToken }) => accessToken,
    headerNames: ['authorization'],
    prepare: () => undefined,
    sign: (_options, _url, { tokenType, accessToken }) => ({ authorization: `${tokenType} ${accessToken}` }),
    refusesToken: refusesThingPlusToken,
  })
}
