// What the simulator starts with where a seed says nothing: no secret in it is one.

/** A thing model with a point of each usual kind; it takes others, too. */
const model = {
  modelId: 'Demo',
  name: 'Demo machine',
  allowAdditionalMeasurepoint: true,
  allowAdditionalAttribute: true,
  allowAdditionalEvent: true,
  measurepoints: {
    temperature: { dataType: 'DOUBLE', name: named('Temperature'), unit: { unitId: '°C', multiplier: 'ONE' } },
    power: { dataType: 'DOUBLE', name: named('Power'), unit: { unitId: 'W', multiplier: 'KILO' } },
    partsMade: { dataType: 'INT', name: named('Parts made') },
    running: { dataType: 'BOOL', name: named('Running') },
  },
  events: { overheated: { name: named('Overheated') } },
}

export const demoEnos = {
  apps: [{ appKey: 'demo-app', appSecret: 'demo-secret', orgId: 'o-demo' }],
  devices: [
    {
      productKey: 'pK11111',
      deviceKey: 'dK987654',
      deviceSecret: 'ds54321',
      assetId: 'asset-1',
      modelId: 'Demo',
      gateway: null,
      name: 'Demo machine',
    },
  ],
  models: [model],
  trees: [{ treeId: 'tree-demo', rootAssetId: 'root-demo' }],
}

export const demoThingPlus = {
  user: { id: '1', loginId: 'serviceadmin', password: 'demo-password', service: '1' },
  client: { id: 'testClientId', clientSecret: 'demo-client-secret', name: 'Demo', scopes: ['gateway', 'site-read'] },
}

const gatewayId = '0de0'.repeat(8)
const sensor = (type: string, name: string) => ({
  id: `${gatewayId}-${type}`,
  owner: gatewayId,
  deviceId: `${gatewayId}-machine`,
  type,
  name,
})

/** A seed with what somebody finds at Thing+ who has registered nothing yet. */
export const demoGateway = {
  thingplus: {
    gateways: [{ id: gatewayId, name: 'Machine gateway' }],
    devices: [{ id: `${gatewayId}-machine`, owner: gatewayId, name: 'Demo machine', model: 'open-api-device-v1.0' }],
    sensors: [sensor('temperature', 'Temperature'), sensor('humidity', 'Humidity'), sensor('door', 'Door')],
  },
}

function named(defaultValue: string) {
  return { defaultValue, i18nValue: {} }
}
