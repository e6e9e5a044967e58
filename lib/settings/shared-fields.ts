import type { When } from './conditions'
import { choice, configuration, named, number, text, typed } from './field'

// Settings that several types of node have alike.

const inEntries = { hint: 'placeholder.inEntries', isId: true, when: { channel: ['integration'] } } as const

/** What a number looks like where it comes as text. */
const decimalSign = choice('point', { point: 'decimalSignPoint', comma: 'decimalSignComma' }, { icon: 'hashtag' })
/** What becomes of a message with a value that can't be sent. */
const unsendable = choice(
  'leave-out',
  { 'leave-out': 'unsendableLeaveOut', refuse: 'unsendableRefuse' },
  { icon: 'exclamation-triangle' },
)
const outbox = configuration('cloud-outbox', { icon: 'inbox' })

/** The way to EnOS, and what is checked on it. */
export const enosTarget = named({
  channel: choice('device', { device: 'channelDevice', integration: 'channelIntegration' }, { icon: 'random' }),
  device: configuration('enos-device', { icon: 'microchip', when: { channel: ['device'] }, required: true }),
  app: configuration('enos-app', { icon: 'cloud', required: { channel: ['integration'] } }),
  outbox,
  unsendable,
  decimalSign,
  modelCheck: choice(
    'warn',
    { warn: 'modelCheckWarn', refuse: 'modelCheckRefuse', off: 'modelCheckOff' },
    { icon: 'list-alt' },
  ),
  assetId: typed(['str', 'msg'], '', { icon: 'id-badge', override: 'assetId', ...inEntries }),
  productKey: typed(['str', 'msg'], '', { icon: 'cube', override: 'productKey', ...inEntries }),
  deviceKey: typed(['str', 'msg'], '', { icon: 'microchip', override: 'deviceKey', ...inEntries }),
})

export const client = configuration('thingplus-client', { icon: 'cloud', required: true })

/** The way of values to Thing+. */
export const thingplusTarget = named({ client, outbox })
export const thingplusValues = named({ ...thingplusTarget, unsendable, decimalSign })

/** The id of a gateway, device or sensor: entered, or else what an earlier node left in the message under this name. */
const itemId = (name: string, icon: string) =>
  typed(['str', 'msg'], '', { icon, isId: true, otherwise: name, placeholder: `msg.${name}` })
export const gatewayId = itemId('gatewayId', 'server')
export const deviceId = itemId('deviceId', 'hdd-o')
export const sensorId = itemId('sensorId', 'thermometer-half')
/** The sensor of single values; where it is empty, a message may hold those of several. */
export const valueSensorId = typed(['str', 'msg'], '', {
  icon: 'thermometer-half',
  isId: true,
  placeholder: 'msg.sensorId',
  when: { valuesFrom: ['message'] },
})

/** The id that a registration gives; no override: the same property of the message is what the node before left there. */
export const givenId = (icon: string) =>
  typed(['str', 'msg'], '', { icon, isId: true, hint: 'placeholder.adoptedByName' })

/** Names of time formats that are moments, not what a clock on a wall shows. */
const momentFormats = { ms: 'timeFormat.ms', s: 'timeFormat.s', us: 'timeFormat.us', ns: 'timeFormat.ns' } as const
const wallFormats = {
  dmy: 'timeFormat.dmy',
  mdy: 'timeFormat.mdy',
  pattern: 'timeFormat.pattern',
  excel: 'timeFormat.excel',
  'excel-us': 'timeFormat.excel-us',
} as const

/** How the times of messages are written. */
export const timesRead = named({
  timeFormat: choice('auto', { auto: 'timeFormat.auto', ...momentFormats, ...wallFormats }, { icon: 'calendar' }),
  timePattern: text('', {
    icon: 'paragraph',
    form: 'time-pattern',
    placeholder: 'YYYY-MM-DD HH:mm:ss',
    when: { timeFormat: ['pattern'] },
    required: true,
  }),
  timeZone: text('', {
    icon: 'globe',
    form: 'time-zone',
    hint: 'placeholder.timeZone',
    when: { timeFormat: ['auto', ...Object.keys(wallFormats)] },
  }),
})

/** The same of times that are sent, which may lie only so far ahead: eleven years, or they could not be told from those in other units. */
export const timesSent = named({
  ...timesRead,
  aheadHours: number('24', { from: 0, to: 100_000 }, { icon: 'step-forward', unit: 'h' }),
})

const ofMessage = { when: { valuesFrom: ['message'] } } as const
/** Which member of an entry holds its time. */
const timeIn = (where: { when?: When }) => text('time', { icon: 'clock-o', ...where, required: true })
export const timeField = named({ timeField: timeIn({}) })

/** Values that come from the message as it is, or by the rows of a table, which the node has beside these. */
export const messageOrTable = named({
  valuesFrom: choice('message', { message: 'valuesFromMessage', table: 'valuesFromTable' }, { icon: 'table' }),
  values: typed(['msg', 'json'], 'payload', { icon: 'envelope-o', ...ofMessage, required: true }),
  timeField: timeIn(ofMessage),
  /** The time of a table's values: that of their arrival where nothing else is chosen. */
  time: typed(['date', 'msg'], '', { icon: 'clock-o', when: { valuesFrom: ['table'] } }),
})

/** How a configuration reaches its cloud. */
export const transport = {
  tls: configuration('tls-config', { icon: 'shield' }),
  proxy: configuration('http proxy', { icon: 'exchange' }),
}
