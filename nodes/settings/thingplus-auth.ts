import { client, cloudCodes, requestCodes, settingCodes, settingsOf } from '../../lib/settings'

export const settings = settingsOf('thingplus-auth', {
  client,
})

/** Errors that the node can raise. */
export const codes = [...settingCodes, ...cloudCodes, ...requestCodes, 'VALIDATION_REFUSED']
