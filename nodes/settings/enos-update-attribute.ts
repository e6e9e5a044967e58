import { enosTarget, enosValueCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('enos-update-attribute', {
  ...enosTarget,
  values: typed(['msg', 'json'], 'payload', { icon: 'table', required: true }),
})

/** Errors that the node can raise. */
export const codes = enosValueCodes
