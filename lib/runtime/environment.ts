import { ConnectorError } from '../http'
import { say, type TextValue } from '../text'

/** @throws ConnectorError `CONFIG_ENV_UNSET` as `unsetEnvironment` */
export function requireEnvironment(values: Readonly<Record<string, unknown>>, where: TextValue): void {
  const unset = unsetEnvironment(values, where)
  if (unset) throw unset
}

/**
 * Node-RED replaces a setting that is wholly `${NAME}` by the environment's value, and leaves the text as it is where the
 * variable is not set.
 * @returns ConnectorError `CONFIG_ENV_UNSET` naming the variable; `undefined` where all are set
 */
export function unsetEnvironment(
  values: Readonly<Record<string, unknown>>,
  where: TextValue,
): ConnectorError | undefined {
  for (const [name, value] of Object.entries(values)) {
    const variable = typeof value === 'string' ? /^\$\{(\S+)\}$/.exec(value)?.[1] : undefined
    if (!variable) continue
    return new ConnectorError(
      'CONFIG_ENV_UNSET',
      say`${where}: the environment variable ${variable} is not set (field "${name}"). Set it where Node-RED is started, or enter the value.`,
    )
  }
  return undefined
}
