import type { NodeAPI } from 'node-red'
import { ConnectorError } from '../http'
import { say } from '../text'
import type { StoredSettings } from './settings'

/** What the editor shows instead of a secret that is stored and was not changed. */
const storedSecret = '__PWRD__'

export interface CredentialForm {
  /** Names of the secrets. */
  credentials: readonly string[]
  /** Settings that decide where the secrets go. */
  destinations: readonly string[]
}

/** A form's values are sent, as a deployment would, to wherever they say: who may not deploy may not ask. */
export const formPermission = 'flows.write'

/**
 * The unsaved values of a configuration's form, as Node-RED would hand them to the node: variables of the environment
 * put in (one that is not set stays, to be reported by name), and stored secrets where the form has but their stand-in.
 * @param configuration its type, and its id where it is deployed
 * @throws ConnectorError `CONFIG_INCOMPLETE` where a stored secret would go to another place than it is stored for;
 * `INPUT_INVALID` for a value that no field of a form holds
 */
export function formValues(
  RED: NodeAPI,
  configuration: { type: string; id: unknown },
  values: StoredSettings,
  form: CredentialForm,
): StoredSettings {
  return withStoredSecrets(RED, configuration, fromEnvironment(plainFields(values)), form)
}

/** A form's fields hold nothing but texts, numbers and ticks; a list of one text would pass for that text here, and not there. */
function plainFields(values: StoredSettings): StoredSettings {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'object' && value !== null)
      throw new ConnectorError(
        'INPUT_INVALID',
        say`The form's field "${name.slice(0, 60)}" is neither a text nor a number.`,
      )
  }
  return values
}

export function fromEnvironment(values: StoredSettings): StoredSettings {
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
  { credentials, destinations }: CredentialForm,
): StoredSettings {
  const unchanged = credentials.filter((name) => values[name] === storedSecret)
  if (unchanged.length === 0) return values
  let deployed: StoredSettings | undefined
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === type) deployed = fromEnvironment(node as unknown as StoredSettings)
  })
  const isSamePlace = [...destinations, 'tls', 'proxy'].every(
    (name) => String(values[name] ?? '').trim() === String(deployed?.[name] ?? '').trim(),
  )
  if (!deployed || !isSamePlace) {
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      say`Enter the secrets again: a stored secret is sent only to the URL, through the proxy and with the TLS configuration it was deployed with.`,
    )
  }
  const secrets = (RED.nodes.getCredentials(String(id)) ?? {}) as Record<string, unknown>
  return { ...values, ...Object.fromEntries(unchanged.map((name) => [name, secrets[name]])) }
}
