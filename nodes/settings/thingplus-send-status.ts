import {
  choice,
  cloudCodes,
  gatewayId,
  outboxCodes,
  requestCodes,
  sensorId,
  settingCodes,
  settingsOf,
  thingplusTarget,
  tick,
  typed,
} from '../../lib/settings'

export const settings = settingsOf('thingplus-send-status', {
  ...thingplusTarget,
  target: choice(
    'gatewayWithSensors',
    { gatewayWithSensors: 'targetAll', gateway: 'targetGateway', sensor: 'targetSensor' },
    { icon: 'bullseye' },
  ),
  gatewayId,
  sensorId: { ...sensorId, when: { target: ['sensor'] } },
  // Not `status`: the editor keeps a node's badge under that name.
  statusValue: typed(['str', 'msg'], 'on', {
    icon: 'heartbeat',
    override: 'status',
    required: true,
    words: ['on', 'off', 'err'],
  }),
  validDurationSeconds: typed(['num', 'msg'], '', {
    icon: 'hourglass-half',
    override: 'validDurationSeconds',
    unit: 's',
    hint: 'placeholder.validDurationSeconds',
  }),
  keepAlive: tick(true),
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  ...outboxCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'BILLING_LIMIT',
]
