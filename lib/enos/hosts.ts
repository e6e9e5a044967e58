import { say, type Text } from '../core'

/** The hosts of EnOS that a configuration names, and the one that people take for them. */
export type EnosHost = 'gateway' | 'broker' | 'integration' | 'mqtt' | 'portal'

/**
 * By the beginning of the name: the longer one first.
 * Source: *Environment Information* of the console; docs/protocol/enos.md §2.1.
 */
const names: readonly (readonly [beginning: RegExp, host: EnosHost])[] = [
  [/^(apim|ag)[-.]/i, 'gateway'],
  [/^iot-http-integration[-.]/i, 'integration'],
  [/^iot-http[-.]/i, 'broker'],
  [/^mqtt[-.]/i, 'mqtt'],
  [/^portal[-.]/i, 'portal'],
]
/** By the path, which a URL from an example or a script still has behind its host. */
const paths: readonly (readonly [beginning: RegExp, host: EnosHost])[] = [
  [/^\/connect-service\/v[\d.]{1,9}\/(integration|files)(\/|$)/i, 'integration'],
  [/^\/(apim-token|connect|model|asset|asset-tree|tsdb)-service(\/|$)/i, 'gateway'],
  [/^\/(auth|topic|multipart)(\/|$)/i, 'broker'],
  [/^\/dm-bff(\/|$)/i, 'portal'],
]

const words: Readonly<Record<EnosHost, Text>> = {
  gateway: say`API gateway (apim-…, ag-…)`,
  broker: say`HTTP broker (iot-http-…)`,
  integration: say`HTTP integration host (iot-http-integration-…)`,
  mqtt: say`MQTT broker (mqtt-…)`,
  portal: say`EnOS console (portal-…)`,
}

/** Which host a URL names, by the beginning of its name or by its path; `undefined` where nothing tells, as on a white label. */
function enosHostOf(url: string): EnosHost | undefined {
  if (!URL.canParse(url)) return undefined
  const { hostname, pathname } = new URL(url)
  const found = (list: typeof names, text: string) => list.find(([beginning]) => beginning.test(text))?.[1]
  return found(paths, pathname) ?? found(names, hostname)
}

/** What to say about a URL that names a different host from the one asked for. */
export function swappedHost(url: string, wanted: EnosHost): Text | undefined {
  const host = enosHostOf(url)
  if (host === undefined || host === wanted) return undefined
  return say`This is the URL of the ${words[host]}. Enter that of the ${words[wanted]}; the EnOS console shows both under "Environment Information".`
}
