import type { SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import { refuse } from './envelope'

/** The body of a JSON or form request; an empty object for none or for another content type. */
export function parseBody({ headers, body }: SimulatedRequest): unknown {
  if (body.length === 0) return {}
  const type = headers['content-type'] ?? ''
  if (type.includes('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body.toString('utf8')))
  }
  if (!type.includes('json')) return {}
  let parsed: unknown
  try {
    parsed = readJson(body)
  } catch {
    return refuse(400, 'JSON_PARSING', 'the body is not JSON')
  }
  if (typeof parsed !== 'object' || parsed === null) return refuse(400, 'JSON_PARSING', 'the body is not a JSON object')
  return parsed
}
