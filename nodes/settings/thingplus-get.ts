import {
  choice,
  client,
  cloudCodes,
  deviceId,
  gatewayId,
  requestCodes,
  sensorId,
  settingCodes,
  settingsOf,
  timesRead,
  typed,
} from '../../lib/settings'

const lists = ['gatewayModels', 'gateways', 'devices', 'sensors'] as const
const ofLists = { when: { resource: lists } } as const
const ofSeries = (name: string, icon: string) =>
  typed(['str', 'msg'], '', { icon, override: name, hint: `placeholder.${name}`, when: { resource: ['series'] } })

export const settings = settingsOf('thingplus-get', {
  client,
  resource: choice(
    'gateways',
    {
      sites: 'sites',
      gatewayModels: 'gatewayModels',
      gatewayModel: 'gatewayModel',
      gateways: 'gateways',
      gateway: 'gateway',
      devices: 'devices',
      device: 'device',
      sensors: 'sensors',
      sensor: 'sensor',
      gatewayStatus: 'gatewayStatus',
      sensorStatus: 'sensorStatus',
      series: 'series',
      me: 'me',
    },
    { icon: 'list' },
  ),
  gatewayModelId: typed(['str', 'msg'], '52', {
    icon: 'cube',
    override: 'gatewayModelId',
    isId: true,
    when: { resource: ['gatewayModel'] },
  }),
  gatewayId: {
    ...gatewayId,
    when: {
      resource: ['gateway', 'devices', 'device', 'sensors', 'sensor', 'gatewayStatus', 'sensorStatus', 'series'],
    },
  },
  deviceId: { ...deviceId, when: { resource: ['device'] } },
  sensorId: { ...sensorId, when: { resource: ['sensor', 'sensorStatus', 'series'] } },
  filter: typed(['json', 'msg'], '{}', { icon: 'filter', override: 'filter', ...ofLists }),
  page: typed(['num', 'msg'], '', { icon: 'file-o', override: 'page', hint: 'placeholder.page', ...ofLists }),
  count: typed(['num', 'msg'], '', {
    icon: 'sort-numeric-asc',
    override: 'count',
    hint: 'placeholder.count',
    when: { resource: [...lists, 'series'] },
  }),
  dataStart: ofSeries('dataStart', 'hourglass-start'),
  dataEnd: ofSeries('dataEnd', 'hourglass-end'),
  interval: ofSeries('interval', 'clock-o'),
  ...timesRead,
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_TIME_INVALID',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
]
