import type { ThingPlus } from '../lib'
import { asOptionalNumber, asOptionalText, asRequiredText, configured, flowNode, input } from '../lib/runtime'

const text = (name: string) => input({ type: 'str', value: '', override: name, parse: asOptionalText })

export = flowNode('thingplus-register-gateway', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    name: input({ type: 'str', value: '', override: 'gatewayName', stored: 'gatewayName', parse: asRequiredText }),
    siteId: text('siteId'),
    // No override: the same property of the message is what the node before left there.
    id: input({ type: 'str', value: '', stored: 'gatewayId', parse: asOptionalText }),
    model: input({
      type: 'str',
      value: '52',
      override: 'gatewayModelId',
      stored: 'gatewayModelId',
      parse: asOptionalText,
    }),
    reportIntervalMs: input({ type: 'num', value: '', override: 'reportIntervalMs', parse: asOptionalNumber }),
  },
  run: async ({ client, ...gateway }, { signal }) => {
    const { item, created } = await client.registerGateway(gateway, signal)
    return {
      set: { payload: item, gatewayId: item.id, created, statusCode: created ? 201 : 200 },
      summary: item.name.slice(0, 20),
    }
  },
})
