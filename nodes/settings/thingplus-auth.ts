import { client, settingsOf } from '../../lib/settings'

export const settings = settingsOf('thingplus-auth', {
  client,
})
