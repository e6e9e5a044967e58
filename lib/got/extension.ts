import { ConnectorError, type CredentialSource, joined, Secrets, say } from '../core'
import type { HttpResponse } from '../http'
import type { GotExtension, GotOptions, GotResponse } from './got-shapes'
import { guarded } from './guarded'
import { RedactedErrors } from './redacted-errors'

/** How one cloud knows who is calling. */
export interface Cloud<Token> {
  /** Checked, without trailing slash. Nothing that goes to another origin is signed, or shown a token. */
  readonly baseUrl: string
  /** What must never be shown, besides the tokens. */
  readonly secrets: readonly string[]
  readonly tokens: CredentialSource<Token>
  /** The token as it is sent. */
  textOf(token: Token): string
  /** In small letters, the headers that `sign` sets: whatever holds the token, or is made of it. */
  readonly headerNames: readonly string[]
  /** What the cloud wants of every request, before there is a token. @throws ConnectorError for one that cannot be signed */
  prepare(options: GotOptions, url: URL): void
  sign(options: GotOptions, url: URL, token: Token): Record<string, string>
  /** Whether the answer says that the token is not good any more. */
  refusesToken(answer: HttpResponse): boolean
}

/** The answer to a bad token is short; a long answer is something else, and is not read twice. */
const longestRefusalBytes = 64 * 1024

/**
 * Options for `got.extend`, from got 14 on: what goes to the cloud is signed anew at every attempt, one renewal of a token
 * that is refused included, and got's errors hold neither secrets nor tokens nor queries.
 *
 * No hook runs for the answer to `got.stream`: there a refused token is the caller's to see, and the next request, which
 * would be refused as well, should be a plain one.
 */
export function extensionFor<Token>(cloud: Cloud<Token>): GotExtension {
  const origin = new URL(cloud.baseUrl).origin
  const held = new HeldTokens(cloud.secrets)
  const errors = new RedactedErrors(() => held.secrets)
  /** By the options of the attempt that carries it. */
  const tokenOf = new WeakMap<GotOptions, Token>()

  /** got takes the headers along to the next attempt, and to wherever it is redirected. */
  const unsign = ({ headers }: GotOptions) => {
    if (!cloud.headerNames.some((name) => held.isIn(headers[name]))) return
    for (const name of cloud.headerNames) delete headers[name]
  }

  const beforeRequest = async (options: GotOptions) => {
    unsign(options)
    const url = urlOf(options)
    if (url?.origin !== origin) return
    cloud.prepare(options, url)
    const token = await cloud.tokens.get(options.signal)
    held.add(cloud.textOf(token))
    tokenOf.set(options, token)
    for (const [name, value] of Object.entries(cloud.sign(options, url, token))) options.headers[name] = value
  }

  const afterResponse = <Response extends GotResponse>(
    response: Response,
    retry: (options: Record<string, never>) => never,
  ): Response => {
    const { options } = response.request
    const token = tokenOf.get(options)
    if (token === undefined || !isRefusal(response)) return response
    cloud.tokens.drop(token)
    if (!isSentAgainAsItWas(options.body)) return response
    const hooks = [...options.hooks.afterResponse]
    try {
      return retry({})
    } finally {
      // got leaves out all hooks at the second answer. Those of others have to see it; ours must not, to renew once.
      options.hooks.afterResponse = hooks.filter((hook) => hook !== afterResponse)
    }
  }

  const isRefusal = ({ statusCode, headers, rawBody }: GotResponse) => {
    const body = rawBody.length > longestRefusalBytes ? Buffer.alloc(0) : Buffer.from(rawBody)
    return cloud.refusesToken({ statusCode, headers: headers as HttpResponse['headers'], body })
  }

  return {
    prefixUrl: cloud.baseUrl,
    hooks: {
      beforeRequest: [beforeRequest],
      afterResponse: [afterResponse],
      beforeRetry: [({ options }) => unsign(options)],
      beforeError: [(error) => errors.of(error)],
    },
    handlers: [(options, next) => guarded(next(options), errors)],
  }
}

/** @throws ConnectorError `CONFIG_INCOMPLETE` naming those that are missing: a script reads them from its environment */
export function givenTexts<Name extends string>(
  options: { readonly [name in Name]: string | undefined },
  names: readonly Name[],
): Record<Name, string> {
  const missing = names.filter((name) => typeof options[name] !== 'string' || options[name] === '')
  if (missing.length === 0) return options as Record<Name, string>
  throw new ConnectorError('CONFIG_INCOMPLETE', say`Missing from the options for got: ${joined(missing)}.`)
}

function urlOf({ url }: GotOptions): URL | undefined {
  if (url instanceof URL) return url
  return url !== undefined && URL.canParse(url) ? new URL(url) : undefined
}

/** A form or a stream has been read once it is sent. */
const isSentAgainAsItWas = (body: unknown): boolean =>
  body === undefined || typeof body === 'string' || ArrayBuffer.isView(body)

/** More are hardly issued while one request lasts. */
const mostTokens = 4

/** What must not be shown: the secrets, the present token, and those before it, which a request may still carry. */
class HeldTokens {
  readonly #others: readonly string[]
  #tokens: readonly string[] = []
  #secrets: Secrets

  constructor(others: readonly string[]) {
    this.#others = others
    this.#secrets = new Secrets(others)
  }

  get secrets(): Secrets {
    return this.#secrets
  }

  add(token: string): void {
    if (this.#tokens[0] === token) return
    this.#tokens = [token, ...this.#tokens].slice(0, mostTokens)
    this.#secrets = new Secrets([...this.#tokens, ...this.#others])
  }

  isIn(header: GotOptions['headers'][string]): boolean {
    return this.#tokens.some((token) => String(header).includes(token))
  }
}
