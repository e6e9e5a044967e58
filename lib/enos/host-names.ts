/** The hosts of EnOS that a configuration names, and the one that people take for them. */
export type EnosHost = 'gateway' | 'broker' | 'integration' | 'mqtt' | 'portal'

type Beginnings = readonly (readonly [beginning: RegExp, host: EnosHost])[]

/**
 * By the beginning of the name: the longer one first.
 * Source: *Environment Information* of the console; docs/protocol/enos.md §2.1.
 */
const names: Beginnings = [
  [/^(apim|ag)[-.]/i, 'gateway'],
  [/^iot-http-integration[-.]/i, 'integration'],
  [/^iot-http[-.]/i, 'broker'],
  [/^mqtt[-.]/i, 'mqtt'],
  [/^portal[-.]/i, 'portal'],
]
/** By the path, which a URL from an example or a script still has behind its host. */
const paths: Beginnings = [
  [/^\/connect-service\/v[\d.]{1,9}\/(integration|files)(\/|$)/i, 'integration'],
  [/^\/(apim-token|connect|model|asset|asset-tree|tsdb)-service(\/|$)/i, 'gateway'],
  [/^\/(auth|topic|multipart)(\/|$)/i, 'broker'],
  [/^\/dm-bff(\/|$)/i, 'portal'],
]

/**
 * Which host a URL names, by the beginning of its name or by its path; `undefined` where nothing tells, as on a white label,
 * or where it is not a URL.
 */
export function enosHostOf(url: string): EnosHost | undefined {
  const found = (list: Beginnings, text: string) => list.find(([beginning]) => beginning.test(text))?.[1]
  try {
    const { hostname, pathname } = new URL(url)
    return found(paths, pathname) ?? found(names, hostname)
  } catch {
    return undefined
  }
}
