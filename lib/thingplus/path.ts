import { pathSegment } from '../message'

/**
 * A path of the API with its ids percent-encoded: `` apiPath`/gateways/${id}/status` ``.
 * @throws ConnectorError `INPUT_INVALID` for what `sendableId` refuses
 */
export function apiPath(parts: TemplateStringsArray, ...ids: string[]): string {
  return parts.reduce((path, part, index) => `${path}${pathSegment(ids[index - 1] ?? '')}${part}`)
}
