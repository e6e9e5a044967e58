import type { SimulatedReply, SimulatedRequest } from '../cloud'
import type { Query } from './query'
import type { OAuthClient, User } from './world'

/** A request that anybody may make. */
export interface OpenCall {
  request: SimulatedRequest
  nowMs: number
  /** Values of the `:names` in the path. */
  path: Record<string, string>
  query: Query
  /** The parsed body; an empty object for none. */
  body: unknown
}

/** A request of somebody known. */
export interface Call extends OpenCall {
  user: User
  /** The OAuth client of the token; none for a portal session. */
  client?: OAuthClient
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Who may call: anybody with a portal session, anybody logged in, or a portal session or a token with one of the scopes. */
export type Access = 'session' | 'login' | readonly string[]

/** One path of the API, without the `/v2`; parts like `:id` take any text. */
export type Route = { method: Method; path: string } & (
  | { access: 'open'; run(call: OpenCall): SimulatedReply }
  | { access: Access; run(call: Call): SimulatedReply }
)

/** A route that anybody may call. */
export function openRoute(method: Method, path: string, run: (call: OpenCall) => SimulatedReply): Route {
  return { method, path, access: 'open', run }
}

export function route(method: Method, path: string, access: Access, run: (call: Call) => SimulatedReply): Route {
  return { method, path, access, run }
}

interface Branch {
  next: Map<string, Branch>
  parameter?: { name: string; branch: Branch }
  routes: Map<string, Route>
}

const newBranch = (): Branch => ({ next: new Map(), routes: new Map() })

/** Finds the route of a method and path; a literal part goes before a `:name`. */
export function createRouter(routes: readonly Route[]) {
  const root = newBranch()
  for (const route of routes) {
    let branch = root
    for (const part of route.path.split('/').filter(Boolean)) {
      if (part.startsWith(':')) {
        branch.parameter ??= { name: part.slice(1), branch: newBranch() }
        branch = branch.parameter.branch
      } else {
        const next = branch.next.get(part) ?? newBranch()
        branch.next.set(part, next)
        branch = next
      }
    }
    branch.routes.set(route.method, route)
  }

  return (method: string, path: string): { route: Route; path: Record<string, string> } | undefined => {
    const values: Record<string, string> = {}
    let branch: Branch | undefined = root
    for (const part of path.split('/').filter(Boolean)) {
      const literal: Branch | undefined = branch.next.get(part)
      if (!literal && branch.parameter) values[branch.parameter.name] = decoded(part)
      branch = literal ?? branch.parameter?.branch
      if (!branch) return undefined
    }
    const route = branch.routes.get(method)
    return route && { route, path: values }
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
