import type { NodeAPI } from 'node-red'
import { ConnectorError, say, type TextValue } from '../core'
import { withVariables } from './environment'
import type { StoredSettings } from './stored-settings'
import { type Place, type Variables, variablesAt } from './variables'

/** What the editor shows instead of a secret that is stored and was not changed. */
export const storedSecret = '__PWRD__'

export interface CredentialForm {
  /** Names of the secrets. */
  credentials: readonly string[]
  /** Settings that decide where the secrets go. */
  destinations: readonly string[]
}

/** A form's values are sent to wherever they say, just as a deployment would: whoever may not deploy may not ask. */
export const formPermission = 'flows.write'

/** A configuration as the editor has it. */
export interface EditedConfiguration extends Place {
  type: string
}

/**
 * The unsaved values of a configuration's form, as Node-RED would hand them to the node: variables of the environment put
 * in, and stored secrets where the form has but their stand-in.
 * @param where what to call the configuration in an error
 * @throws ConnectorError `CONFIG_INCOMPLETE` where a stored secret would go to another place than it is stored for;
 *   `CONFIG_ENV_UNSET`; `INPUT_INVALID` for a value that no field of a form holds
 */
export function formValues(
  RED: NodeAPI,
  configuration: EditedConfiguration,
  values: StoredSettings,
  form: CredentialForm,
  where: TextValue,
): StoredSettings {
  const variables = variablesAt(RED, configuration)
  const complete = withStoredSecrets(RED, configuration, plainFields(values), form, variables)
  const { values: resolved, unset } = withVariables({ ...complete, type: configuration.type }, where, variables)
  if (unset) throw unset
  return resolved
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

function withStoredSecrets(
  RED: NodeAPI,
  { type, id }: EditedConfiguration,
  values: StoredSettings,
  { credentials, destinations }: CredentialForm,
  variables: Variables,
): StoredSettings {
  const unchanged = credentials.filter((name) => values[name] === storedSecret)
  if (unchanged.length === 0) return values
  let deployed: StoredSettings | undefined
  RED.nodes.eachNode((node) => {
    if (node.id === id && node.type === type) deployed = node as unknown as StoredSettings
  })
  const placesOf = (settings: StoredSettings) => {
    const places = Object.fromEntries([...destinations, 'tls', 'proxy'].map((name) => [name, settings[name]]))
    return Object.values(withVariables(places, type, variables).values).map((place) => String(place ?? '').trim())
  }
  if (!deployed || placesOf(values).join('\n') !== placesOf(deployed).join('\n')) {
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      say`Enter the secrets again: a stored secret is sent only to the URL, through the proxy and with the TLS configuration it was deployed with.`,
    )
  }
  const secrets = (RED.nodes.getCredentials(String(id)) ?? {}) as Record<string, unknown>
  return { ...values, ...Object.fromEntries(unchanged.map((name) => [name, secrets[name]])) }
}
