import { client, givenId, registrationCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('thingplus-register-gateway', {
  client,
  gatewayName: typed(['str', 'msg'], '', { icon: 'tag', override: 'gatewayName', required: true }),
  siteId: typed(['str', 'msg'], '', {
    icon: 'map-marker',
    override: 'siteId',
    isId: true,
    hint: 'placeholder.siteId',
  }),
  gatewayId: givenId('server'),
  gatewayModelId: typed(['str', 'msg'], '52', { icon: 'cube', override: 'gatewayModelId', isId: true }),
  devices: typed(['msg', 'json'], 'devices', { icon: 'sitemap' }),
  reportIntervalMs: typed(['num', 'msg'], '', {
    icon: 'clock-o',
    override: 'reportIntervalMs',
    unit: 'ms',
    hint: 'placeholder.reportIntervalMs',
  }),
})

/** Errors that the node can raise. */
export const codes = [...registrationCodes, 'PARTIAL_FAILURE']
