import { ConnectorError } from '../http'
import { say } from '../text'

/**
 * A path of the API with its ids percent-encoded: `` apiPath`/gateways/${id}/status` ``.
 * @throws ConnectorError `INPUT_INVALID` for an id that cannot stand in a path: empty, `.`, `..`, or torn Unicode
 */
export function apiPath(parts: TemplateStringsArray, ...ids: string[]): string {
  return parts.reduce((path, part, index) => `${path}${pathSegment(ids[index - 1] ?? '')}${part}`)
}

function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..' || /\p{Surrogate}/u.test(id)) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`"${id}" cannot be an id. Give the id of the gateway, device or sensor.`,
    )
  }
  return encodeURIComponent(id)
}
