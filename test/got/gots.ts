import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { RequestError } from 'got'

type Got = typeof import('got')

/** By their names among the packages: the first version that is supported, the newest of its major, and the newest of all. */
export const gots: readonly string[] = ['got-oldest', 'got', 'got-newest']

export const versionOf = (name: string): string => {
  const manifest = readFileSync(join(__dirname, '..', '..', 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

/** Typed as the one of them all. */
export const load = (name: string): Promise<Got> => import(name) as Promise<Got>

export async function failureOf(request: Promise<unknown>): Promise<RequestError> {
  const [result] = await Promise.allSettled([request])
  if (result.status === 'fulfilled') throw new Error('The request was to fail')
  return result.reason as RequestError
}

/** All that a person, a log or a program may get out of an error. */
export function everythingIn(error: unknown): string {
  const { stack, request, response, options, cause } = error as Readonly<Record<string, unknown>>
  const parts = [error, request, response, options, cause]
  const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null, maxArrayLength: null }
  const shown = parts.flatMap((part) => [inspect(part, deep), String(part), JSON.stringify(part)])
  return [String(stack), ...shown].join('\n')
}
