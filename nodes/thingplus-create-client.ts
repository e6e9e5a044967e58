import type { ThingPlus } from '../lib'
import {
  asOptionalId,
  asOptionalText,
  asRequiredText,
  asTextList,
  configured,
  flowNode,
  idInput,
  input,
} from '../lib/runtime'

export = flowNode('thingplus-create-client', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    clientName: input({ type: 'str', value: '', override: 'clientName', parse: asRequiredText }),
    clientId: idInput({ type: 'str', value: '', override: 'clientId', parse: asOptionalId }),
    clientSecret: input({ type: 'msg', value: 'clientSecret', parse: asOptionalText }),
    scopes: input({ type: 'str', value: 'gateway, site-read', override: 'scopes', parse: asTextList }),
  },
  run: async ({ client, clientName: name, clientId: id, clientSecret, scopes }, { signal }) => {
    const { item, created } = await client.createClient({ name, id, clientSecret, scopes }, signal)
    return { set: { payload: item, created, statusCode: created ? 201 : 200 }, summary: item.id.slice(0, 20) }
  },
})
