import { say, type Text } from '../core'
import { type EnosHost, enosHostOf } from './host-names'

export type { EnosHost } from './host-names'

const words: Readonly<Record<EnosHost, Text>> = {
  gateway: say`API gateway (apim-…, ag-…)`,
  broker: say`HTTP broker (iot-http-…)`,
  integration: say`HTTP integration host (iot-http-integration-…)`,
  mqtt: say`MQTT broker (mqtt-…)`,
  portal: say`EnOS console (portal-…)`,
}

/** What to say about a URL that names a different host from the one asked for. */
export function swappedHost(url: string, wanted: EnosHost): Text | undefined {
  const host = enosHostOf(url)
  if (host === undefined || host === wanted) return undefined
  return say`This is the URL of the ${words[host]}. Enter that of the ${words[wanted]}; the EnOS console shows both under "Environment Information".`
}
