import type { ThingPlus } from '../lib'
import { configured, flowNode } from '../lib/runtime'

export = flowNode('thingplus-auth', {
  settings: { client: configured<ThingPlus>('thingplus-client') },
  run: async ({ client }, { signal }) => ({ set: { payload: (await client.token(signal)).accessToken } }),
})
