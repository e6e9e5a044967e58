/*
 * What is read and set of got's own objects, the same from got 14 on. Written down here, since got is an ES module that need
 * not be installed: whoever passes the hooks to `got.extend` has their compiler compare these with the types of that got.
 */

export interface GotOptions {
  method: string
  url: string | URL | undefined
  headers: Record<string, string | string[] | undefined>
  /** Once `beforeRequest` runs: `json` and `form` as text, native forms as a stream or an iterable. */
  body?: unknown
  isStream?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Those of this one request. */
  hooks: { afterResponse: unknown[] }
}

export interface GotResponse {
  statusCode: number
  headers: Record<string, string | string[] | undefined>
  rawBody: Uint8Array
  request: { options: GotOptions }
}

/** A request as got's errors carry it. */
export interface GotError extends Error {
  code?: unknown
  cause?: unknown
  options: Partial<GotOptions>
  timings?: unknown
  response?: Partial<GotResponse> & {
    statusMessage?: unknown
    url?: unknown
    retryCount?: unknown
    body?: unknown
  }
}

/** What `got.extend` takes. */
export interface GotExtension {
  prefixUrl: string
  hooks: {
    beforeRequest: ((options: GotOptions) => Promise<void>)[]
    afterResponse: (<Response extends GotResponse>(
      response: Response,
      retry: (options: Record<string, never>) => never,
    ) => Response)[]
    beforeRetry: ((error: { options: GotOptions }) => void)[]
    beforeError: (<Failure extends Error>(error: Failure) => Failure)[]
  }
  handlers: (<Options, Answer>(options: Options, next: (options: Options) => Answer) => Answer)[]
}
