import type { ThingPlus } from '../lib'
import { asOptionalId, asOptionalText, asRequiredText, asTextList, configured, flowNode, input } from '../lib/runtime'
import { settings } from './settings/thingplus-create-client'

const { fields } = settings

export = flowNode('thingplus-create-client', {
  settings: {
    client: configured<ThingPlus>(fields.client),
    clientName: input(fields.clientName, asRequiredText),
    clientId: input(fields.clientId, asOptionalId),
    clientSecret: input(fields.clientSecret, asOptionalText),
    scopes: input(fields.scopes, asTextList),
  },
  run: async ({ client, clientName: name, clientId: id, clientSecret, scopes }, { signal }) => {
    const { item, created } = await client.createClient({ name, id, clientSecret, scopes }, signal)
    return { set: { payload: item, created, statusCode: created ? 201 : 200 }, summary: item.id.slice(0, 20) }
  },
})
