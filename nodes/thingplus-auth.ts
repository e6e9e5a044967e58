import type { ThingPlus } from '../lib'
import { configured, flowNode } from '../lib/runtime'
import { settings } from './settings/thingplus-auth'

export = flowNode('thingplus-auth', {
  settings: { client: configured<ThingPlus>(settings.fields.client) },
  run: async ({ client }, { signal }) => ({ set: { payload: (await client.token(signal)).accessToken } }),
})
