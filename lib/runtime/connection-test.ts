import type { NodeAPI } from 'node-red'
import { ConnectorError, type Finding, isJsonObject } from '../http'
import { adminPost } from './admin'
import type { StoredSettings } from './settings'

/** What the editor shows instead of a secret that is stored and was not changed. */
const storedSecret = '__PWRD__'
const answerWithinMs = 10_000

interface TestedForm {
  /** Names of the secrets. */
  credentials: readonly string[]
  /** Settings that decide where the secrets go. */
  destinations: readonly string[]
}

/** A test sends what a deployment would send, to wherever the form says: who may not deploy may not test. */
const permission = 'flows.write'

/**
 * `POST edgecourier/test/{type}` for the dialog's test button: `{ id, values }` with the form's unsaved values, secrets
 * included; answers `{ findings }`. A stored secret is used only where it would go to the place it is stored for.
 */
export function serveConnectionTest(
  RED: NodeAPI,
  type: string,
  form: TestedForm,
  check: (values: StoredSettings, signal: AbortSignal) => Promise<Finding[]>,
): void {
  adminPost(RED, `/test/${type}`, permission, async ({ id, values }) => {
    if (!isJsonObject(values)) throw new ConnectorError('INPUT_INVALID', 'The form sent no values.')
    const complete = withStoredSecrets(RED, { type, id }, fromEnvironment(plainFields(values)), form)
    return { findings: await check(complete, AbortSignal.timeout(answerWithinMs)) }
  })
}

/** A form's fields hold nothing but texts, numbers and ticks; a list of one text would pass for that text here, and not there. */
function plainFields(values: StoredSettings): StoredSettings {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'object' && value !== null)
      throw new ConnectorError(
        'INPUT_INVALID',
        `The form's field "${name.slice(0, 60)}" is neither a text nor a number.`,
      )
  }
  return values
}

/** As Node-RED does it when the node is deployed; a variable that is not set stays, to be reported by name. */
function fromEnvironment(values: StoredSettings): StoredSettings {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const variable = typeof value === 'string' ? /^\$\{(\S+)\}$/.exec(value)?.[1] : undefined
      return [name, (variable && process.env[variable]) ?? value]
    }),
  )
}

function withStoredSecrets(
  RED: NodeAPI,
  { type, id }: { type: string; id: unknown },
  values: StoredSettings,
  form: TestedForm,
): StoredSettings {
  const unchanged = form.credentials.filter((name) => values[name] === storedSecret)
  if (unchanged.length === 0) return values
  let deployed: StoredSettings | undefined
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === type) deployed = fromEnvironment(node as unknown as StoredSettings)
  })
  const isSamePlace = [...form.destinations, 'tls', 'proxy'].every(
    (name) => String(values[name] ?? '').trim() === String(deployed?.[name] ?? '').trim(),
  )
  if (!deployed || !isSamePlace) {
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      'Enter the secrets again: a stored secret is sent only to the URL, through the proxy and with the TLS configuration it was deployed with.',
    )
  }
  const secrets = (RED.nodes.getCredentials(String(id)) ?? {}) as Record<string, unknown>
  return { ...values, ...Object.fromEntries(unchanged.map((name) => [name, secrets[name]])) }
}
