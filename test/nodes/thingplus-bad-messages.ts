import { gatewayId, seed } from './thingplus'

export const foreignGatewayId = '00000000000040008000000000000002'
/** The account of `seed`, a neighbour, a full site and a revoked user. */
export const neighbourhood = {
  ...seed,
  users: [
    { id: '1', loginId: 'serviceadmin', password: 'demo-password', service: '1' },
    { id: '2', loginId: 'neighbour', password: 'other-password', service: '2' },
    { id: '3', loginId: 'revoked', password: 'demo-password', service: '1', accessApproval: 'deny' as const },
  ],
  sites: [
    { id: '1', name: 'default', service: '1' },
    { id: '2', name: 'next door', service: '2' },
    { id: '3', name: 'full', service: '1', plan: { gateways: 0 } },
  ],
  gateways: [...seed.gateways, { id: foreignGatewayId, site: '2' }],
}

export const sendValue = { type: 'thingplus-send-value' }
export const sendStatus = { type: 'thingplus-send-status' }
export const registerGateway = { type: 'thingplus-register-gateway', gatewayName: 'GW B' }
const registerDevice = { type: 'thingplus-register-device', deviceName: 'Device B' }
const registerSensor = { type: 'thingplus-register-sensor', sensorName: 'Sensor B' }

/** What a good message holds. */
export const good = {
  gatewayId,
  deviceId: 'device',
  sensorId: 'temperature',
  payload: 21.5,
  siteId: '1',
  sensorType: 'humidity',
}

export interface BadMessage {
  title: string
  node: Record<string, unknown> & { type: string }
  /** What the bad message holds instead. */
  msg: Record<string, unknown>
  code: string
  text: RegExp
  /** The cloud's part of the error, where the cloud has been asked. */
  cause?: { statusCode: number; cloudCode?: string }
}

const unknown = { statusCode: 404, cloudCode: 'NOT_FOUND' }
const denied = { statusCode: 403, cloudCode: 'ACCESSGROUP_DENY' }

const circular: Record<string, unknown> = {}
circular['self'] = circular

/** Messages that hold a mistake, and what the Catch node shall hear. */
export const badMessages: readonly BadMessage[] = [
  {
    title: 'an empty series',
    node: sendValue,
    msg: { payload: [] },
    code: 'INPUT_EMPTY',
    text: /holds no values/,
  },
  { title: 'an empty payload', node: sendValue, msg: { payload: '' }, code: 'INPUT_EMPTY', text: /holds no values/ },
  {
    title: 'a word for a number',
    node: sendValue,
    msg: { payload: [{ value: 1 }, { value: 'warm' }] },
    code: 'INPUT_INVALID',
    text: /Value 2 of 2 \("warm"\) doesn't fit the sensor type temperature, which takes a number/,
  },
  {
    title: 'a number that is no code of a coded sensor',
    node: sendValue,
    msg: { sensorId: 'door', payload: 7 },
    code: 'INPUT_INVALID',
    text: /true, false or one of 0 \(closed\), 1 \(opened\)/,
  },
  {
    title: 'a location without a longitude',
    node: sendValue,
    msg: { sensorId: 'location', payload: { value: { lat: 1 } } },
    code: 'INPUT_INVALID',
    text: /lng is missing/,
  },
  {
    title: 'a circular object',
    node: { ...sendValue, sensorId: 'sensorId', sensorIdType: 'msg' },
    msg: { sensorId: 'location', payload: circular },
    code: 'INPUT_CIRCULAR',
    text: /itself/,
  },
  {
    title: 'a time in words',
    node: sendValue,
    msg: { payload: { value: 1, time: 'yesterday' } },
    code: 'INPUT_TIME_INVALID',
    text: /"yesterday", is not a time/,
  },
  {
    title: 'a time in seconds',
    node: sendValue,
    msg: { payload: { value: 1, time: 1_700_000_000 } },
    code: 'INPUT_TIME_INVALID',
    text: /multiply it by 1000/,
  },
  {
    title: 'rows of a table whose time column nobody has named',
    node: sendValue,
    msg: { payload: [{ timestamp: '2013-07-04 00:00:00', value: 69.88 }] },
    code: 'INPUT_TIME_INVALID',
    text: /The value has no "time", but "timestamp" looks like its time\. Enter "timestamp" as the time field/,
  },
  {
    title: 'values of several sensors where one sensor is named',
    node: { ...sendValue, sensorId: 'sensorId', sensorIdType: 'msg' },
    msg: { payload: { temperature: 21.5, door: true } },
    code: 'INPUT_INVALID',
    text: /which takes a number\. .* for values of several sensors, leave the sensor id empty/,
  },
  {
    title: 'a value of no sensor',
    node: sendValue,
    msg: { sensorId: undefined },
    code: 'INPUT_INVALID',
    text: /msg\.sensorId/,
  },
  {
    title: 'a message without a gateway',
    node: sendStatus,
    msg: { gatewayId: undefined },
    code: 'CONFIG_INCOMPLETE',
    text: /^msg\.gatewayId is empty/,
  },
  {
    title: 'an unknown sensor',
    node: sendValue,
    msg: { sensorId: 'nobody' },
    code: 'NOT_FOUND',
    text: /sensors\/nobody/,
    cause: unknown,
  },
  {
    title: 'an unknown gateway',
    node: sendStatus,
    msg: { gatewayId: 'f'.repeat(32) },
    code: 'NOT_FOUND',
    text: /no such item/,
    cause: unknown,
  },
  {
    title: 'values for a foreign gateway',
    node: sendValue,
    msg: { gatewayId: foreignGatewayId },
    code: 'PERMISSION_DENIED',
    text: /not yours/,
    cause: denied,
  },
  {
    title: 'a status of a foreign gateway',
    node: sendStatus,
    msg: { gatewayId: foreignGatewayId },
    code: 'PERMISSION_DENIED',
    text: /not yours/,
    cause: denied,
  },
  {
    title: 'the id of a foreign gateway in a registration',
    node: { ...registerGateway, gatewayId: 'newGatewayId', gatewayIdType: 'msg' },
    msg: { newGatewayId: foreignGatewayId },
    code: 'CONFLICT',
    text: /taken, by somebody else/,
    cause: denied,
  },
  {
    title: 'a gateway id that is no UUID',
    node: { ...registerGateway, gatewayId: 'newGatewayId', gatewayIdType: 'msg' },
    msg: { newGatewayId: 'gateway-1' },
    code: 'INPUT_INVALID',
    text: /32 hexadecimal digits/,
  },
  {
    title: 'a gateway more than the plan allows',
    node: registerGateway,
    msg: { siteId: '3' },
    code: 'BILLING_LIMIT',
    text: /plan of your Thing\+ service/,
    cause: { statusCode: 471, cloudCode: 'BILLING' },
  },
  {
    title: 'a gateway of one of several sites without saying which',
    node: registerGateway,
    msg: { siteId: undefined },
    code: 'INPUT_EMPTY',
    text: /1 \(default\), 3 \(full\)/,
  },
  {
    title: 'a device of a foreign gateway',
    node: registerDevice,
    msg: { gatewayId: foreignGatewayId },
    code: 'PERMISSION_DENIED',
    text: /not yours/,
    cause: denied,
  },
  {
    title: 'an unknown sensor type',
    node: registerSensor,
    msg: { sensorType: 'temperatur' },
    code: 'INPUT_INVALID',
    text: /temperature/,
  },
  { title: 'an actuator', node: registerSensor, msg: { sensorType: 'led' }, code: 'INPUT_INVALID', text: /actuator/ },
  {
    title: 'a status that is none',
    node: sendStatus,
    msg: { status: 'broken' },
    code: 'INPUT_INVALID',
    text: /not one of on, off, err/,
  },
  {
    title: 'a reading of a sensor that is not named',
    node: { type: 'thingplus-get', resource: 'sensor' },
    msg: { sensorId: undefined },
    code: 'INPUT_EMPTY',
    text: /msg\.sensorId/,
  },
]
