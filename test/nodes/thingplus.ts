import thingplusAuth = require('../../nodes/thingplus-auth')
import thingplusClient = require('../../nodes/thingplus-client')
import thingplusCreateClient = require('../../nodes/thingplus-create-client')
import thingplusGet = require('../../nodes/thingplus-get')
import thingplusRegisterDevice = require('../../nodes/thingplus-register-device')
import thingplusRegisterGateway = require('../../nodes/thingplus-register-gateway')
import thingplusRegisterSensor = require('../../nodes/thingplus-register-sensor')
import thingplusSendStatus = require('../../nodes/thingplus-send-status')
import thingplusSendValue = require('../../nodes/thingplus-send-value')

export const thingplusTypes = [
  thingplusClient,
  thingplusAuth,
  thingplusCreateClient,
  thingplusGet,
  thingplusRegisterGateway,
  thingplusRegisterDevice,
  thingplusRegisterSensor,
  thingplusSendStatus,
  thingplusSendValue,
]

/** The configuration for the demo account of a simulator at this URL. */
export const configuration = (url: string) => ({
  id: 'client',
  type: 'thingplus-client',
  baseUrl: `${url}/v2`,
  clientId: 'testClientId',
  userName: 'serviceadmin',
})

export const demoCredentials = { client: { clientSecret: 'demo-client-secret', password: 'demo-password' } }

export const gatewayId = '87cd2a6e407511e7922eb724f8803770'

/** A site with a gateway, a device on it, and a sensor of each kind of value. */
export const seed = {
  gateways: [{ id: gatewayId, name: 'GW A', site: '1' }],
  devices: [{ id: 'device', owner: gatewayId, name: 'Device A', model: 'open-api-device-v1.0' }],
  sensors: ['temperature', 'door', 'string', 'location'].map((type) => ({
    id: type,
    name: `The ${type}`,
    type,
    owner: gatewayId,
    deviceId: 'device',
  })),
}

/** What `GET /_simulator/state` shows of the Thing+ half. */
export interface ThingPlusState {
  clients: { id: string; scopes: string[] }[]
  gateways: { id: string; name: string; reportIntervalMs: number }[]
  devices: { id: string; name: string; owner: string }[]
  sensors: { id: string; name: string; type: string; values: number }[]
  statuses: { target: string; value: string; time: number; expireAt: number }[]
  valuesAccepted: number
}
