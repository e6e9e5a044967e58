import enosApp = require('../../nodes/enos-app')
import enosAuth = require('../../nodes/enos-auth')
import enosCallApi = require('../../nodes/enos-call-api')
import enosDevice = require('../../nodes/enos-device')
import enosPostEvent = require('../../nodes/enos-post-event')
import enosPostMeasurepoint = require('../../nodes/enos-post-measurepoint')
import enosUpdateAttribute = require('../../nodes/enos-update-attribute')
import enosUploadModel = require('../../nodes/enos-upload-model')

export const enosTypes = [
  enosApp,
  enosDevice,
  enosAuth,
  enosCallApi,
  enosUploadModel,
  enosPostMeasurepoint,
  enosUpdateAttribute,
  enosPostEvent,
]

/** The two configurations for the demo data of a simulator at this URL. */
export const configurations = (url: string) => [
  { id: 'app', type: 'enos-app', gatewayUrl: url, integrationUrl: url, modelUploadUrl: url, orgId: 'o-demo' },
  {
    id: 'device',
    type: 'enos-device',
    brokerUrl: url,
    productKey: 'pK11111',
    deviceKey: 'dK987654',
    lifetimeMs: 300000,
  },
]

export const demoCredentials = {
  app: { appKey: 'demo-app', appSecret: 'demo-secret' },
  device: { deviceSecret: 'ds54321' },
}
