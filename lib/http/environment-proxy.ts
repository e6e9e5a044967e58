/** Settings `proxyOptions` of Node-RED, by which its own http request node reads the environment. */
export interface EnvironmentProxyOptions {
  /** `legacy`: `http_proxy` alone, for all targets, as before Node-RED 3.1. */
  mode?: string | undefined
  favourUpperCase?: boolean | undefined
  lowerCaseOnly?: boolean | undefined
  /** Leaves out `npm_config_…` */
  excludeNpm?: boolean | undefined
  /** Instead of the process's. */
  env?: Readonly<Record<string, string | undefined>> | undefined
}

/** The variable that decides, and the proxy that it names; without one it names the target as an exception. */
export interface EnvironmentProxy {
  variable: string
  proxy?: string
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/**
 * The proxy that the environment names for a target, as Node-RED's http request node finds it: `https_proxy` or
 * `http_proxy` by the target's protocol, else `all_proxy`, each after its `npm_config_…`, in small letters before capitals;
 * and no proxy for what `no_proxy` lists. `undefined` where nothing is set.
 * Source: `@node-red/nodes/core/network/lib/proxyHelper.js`, Node-RED 4.1.
 */
export function environmentProxy(url: URL, options: EnvironmentProxyOptions = {}): EnvironmentProxy | undefined {
  const env = options.env ?? process.env
  const { NR_PROXY_MODE: mode = options.mode } = process.env
  const [proxied, exempted] = mode === 'legacy' ? legacyVariables(env) : strictVariables(url, env, options)
  if (!proxied) return undefined
  const isExempted = mode === 'legacy' ? isExemptInLegacy : isExemptInStrict
  if (exempted && isExempted(url, exempted.value)) return { variable: exempted.name }
  const hasScheme = proxied.value.includes('://') || mode === 'legacy'
  return { variable: proxied.name, proxy: hasScheme ? proxied.value : `${url.protocol}//${proxied.value}` }
}

interface Variable {
  name: string
  value: string
}
type Environment = Readonly<Record<string, string | undefined>>
type Variables = [proxied: Variable | undefined, exempted: Variable | undefined]

function strictVariables({ protocol }: URL, env: Environment, options: EnvironmentProxyOptions): Variables {
  const ofProtocol = `${protocol.slice(0, -1)}_proxy`
  const first = (...names: string[]) =>
    firstSet(
      names.flatMap((name) => spellings(name, options)),
      env,
    )
  return [
    first(`npm_config_${ofProtocol}`, ofProtocol, 'npm_config_proxy', 'all_proxy'),
    first('npm_config_no_proxy', 'no_proxy'),
  ]
}

const legacyVariables = (env: Environment): Variables => [
  firstSet(['HTTP_PROXY', 'http_proxy'], env),
  firstSet(['NO_PROXY', 'no_proxy'], env),
]

function spellings(
  name: string,
  { favourUpperCase, lowerCaseOnly, excludeNpm }: EnvironmentProxyOptions,
): readonly string[] {
  if (excludeNpm === true && name.startsWith('npm_config_')) return []
  if (lowerCaseOnly === true) return [name]
  return favourUpperCase === true ? [name.toUpperCase(), name] : [name, name.toUpperCase()]
}

function firstSet(names: readonly string[], env: Environment): Variable | undefined {
  for (const name of names) {
    const value = env[name]
    if (value) return { name, value }
  }
  return undefined
}

/** Names and addresses, each with or without a port; with `*` or `.` in front, all that end so; `*` alone is everything. */
function isExemptInStrict(url: URL, list: string): boolean {
  const { hostname, port, protocol } = url
  const targetPort = Number(port) || defaultPorts[protocol] || 0
  if (list === '*') return true
  return list
    .toLowerCase()
    .split(/[,\s]/)
    .some((entry) => {
      if (!entry) return false
      const colon = /:\d+$/.exec(entry)
      const name = colon && colon.index > 0 ? entry.slice(0, colon.index) : entry
      if (name !== entry && Number(entry.slice(name.length + 1)) !== targetPort) return false
      if (!/^[.*]/.test(name)) return hostname === name
      return hostname.endsWith(name.startsWith('*') ? name.slice(1) : name)
    })
}

function isExemptInLegacy({ href }: URL, list: string): boolean {
  return list.split(',').some((entry) => href.includes(entry.trim()))
}
