import type { NodeAPI } from 'node-red'
import { ConnectorError, type Finding, isJsonObject, say } from '../core'
import { adminPost } from './admin'
import { type CredentialForm, formPermission, formValues } from './form-values'
import type { StoredSettings } from './stored-settings'

const answerWithinMs = 10_000

/**
 * `POST edgecourier/test/{type}` for the dialog's test button: `{ id, z?, values }` with the form's unsaved values, secrets
 * included, and the tab that it belongs to; answers `{ findings }`. A stored secret is used only where it would go to the place it is stored for.
 */
export function serveConnectionTest(
  RED: NodeAPI,
  type: string,
  form: CredentialForm,
  check: (values: StoredSettings, signal: AbortSignal) => Promise<Finding[]>,
): void {
  adminPost(RED, `/test/${type}`, formPermission, async ({ id, z, values }) => {
    if (!isJsonObject(values)) throw new ConnectorError('INPUT_INVALID', say`The form sent no values.`)
    const complete = formValues(RED, { type, id, z }, values, form, say`This form`)
    return { findings: await check(complete, AbortSignal.timeout(answerWithinMs)) }
  })
}
