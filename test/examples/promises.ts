import { thingPlusPromises } from './thingplus-promises'

/** What an example promises to who presses its buttons. */
export interface ExamplePromise {
  /**
   * Each button in turn, what the debug nodes show then (just these nodes, at least these properties), and the badges
   * that nodes come to wear.
   */
  presses: readonly (readonly [
    button: string,
    shown: Readonly<Record<string, unknown>>,
    badges?: Readonly<Record<string, RegExp>>,
  ])[]
  /** What the simulated cloud, EnOS where none is named, holds in the end; at least these properties. */
  accepted: Readonly<Record<string, unknown>>
  cloud?: 'enos' | 'thingplus'
}

const enosPromises: Readonly<Record<string, ExamplePromise>> = {
  '2 EnOS/1 Post measurement points': {
    presses: [
      ['values of now', { accepted: { points: 2, entries: 1 } }],
      ['values with times', { accepted: { points: 3, entries: 3 } }],
      ['CSV text', { 'accepted rows': { points: 4, entries: 2 } }],
      ['values of named devices', { 'accepted of all': { points: 2, entries: 2, requests: 1 } }],
    ],
    accepted: { pointsAccepted: 11 },
  },
  '2 EnOS/2 Post measurement points from a table': {
    presses: [
      ['a reading', { accepted: { points: 4, entries: 1 } }],
      ['a part of one, with its time', { accepted: { points: 3 } }],
      ['a bad one', { errors: /^INPUT_INVALID: / }],
    ],
    accepted: { pointsAccepted: 7 },
  },
  '2 EnOS/3 Post measurement points of a logger': {
    presses: [
      ['rows of a logger', { accepted: { points: 6, entries: 6 } }],
      ['a sheet', { 'accepted of the sheet': { points: 2, entries: 2 } }],
      ['a time that nobody has named', { errors: { code: 'INPUT_TIME_INVALID' } }],
    ],
    accepted: { pointsAccepted: 8 },
  },
  '2 EnOS/4 Update attributes': {
    presses: [
      ['serial number and power', { updated: { attributes: 2 } }],
      ['place', { 'updated by application': { attributes: 1 } }],
    ],
    accepted: { attributesAccepted: 3 },
  },
  '2 EnOS/5 Post events': {
    presses: [
      ['too hot', { posted: { entries: 1 } }],
      ['stopped (msg.eventId)', { posted: { entries: 1 } }],
      ['two past events', { 'posted by application': { entries: 2 } }],
    ],
    accepted: { eventsAccepted: 4 },
  },
  '2 EnOS/6 Upload a thing model': {
    presses: [
      [
        'model of a fan',
        {
          uploaded: { method: 'import', modelId: 'DemoFan' },
          'its points': { modelId: 'DemoFan', measurepoints: { speed: { identifier: 'speed' } } },
        },
      ],
    ],
    accepted: { models: [{ modelId: 'Demo' }, { modelId: 'DemoFan' }] },
  },
  '2 EnOS/7 Call an API': {
    presses: [
      ['new pump', { created: /^\w+$/ }],
      ['search', { found: { length: 2, 0: { deviceName: { defaultValue: 'Pump' } }, 1: { deviceKey: 'dK987654' } } }],
      ['thing model', { data: { modelId: 'Demo' } }],
    ],
    accepted: { tokens: 1 },
  },
  '2 EnOS/8 Get a token, a session, signed headers': {
    presses: [
      ['token', { 'token length': '64' }],
      ['session', { 'session length': '36' }],
      ['request', { 'found device': { code: 0, data: [{ deviceKey: 'dK987654' }] } }],
    ],
    accepted: { tokens: 1, sessions: 1 },
  },
  '1 First steps/3 Practise faults': {
    presses: [
      ['send a value', { accepted: { points: 1 }, requests: { statusCode: 200 } }],
      ['cloud fails once', {}],
      ['send a value', { 'not accepted': /^CLOUD_ERROR: /, requests: { statusCode: 503 } }],
      ['line drops once', {}],
      ['send a value', { 'not accepted': /^NETWORK_INTERRUPTED: /, requests: { statusCode: 0 } }],
      ['session expires', {}],
      ['send a value', { accepted: { points: 1 }, requests: { statusCode: 200 } }],
      ['no faults', {}],
      ['send a value', { accepted: { points: 1 }, requests: { statusCode: 200 } }],
    ],
    accepted: { pointsAccepted: 3 },
  },
}

const firstSteps: Readonly<Record<string, ExamplePromise>> = {
  '1 First steps/1 EnOS, the first value': {
    presses: [['one value', { accepted: { points: 1 } }]],
    accepted: { pointsAccepted: 1 },
  },
  '1 First steps/2 Thing+, the first value': {
    presses: [
      ['one value', { accepted: { 0: { accepted: 1 } } }],
      ['one value', { accepted: { 0: { accepted: 1 } } }],
    ],
    accepted: { sensors: [{ values: 2 }], valuesAccepted: 2 },
    cloud: 'thingplus',
  },
}

const plantPatterns: Readonly<Record<string, ExamplePromise>> = {
  '4 Plant patterns/1 Polling with a bad line': {
    presses: [
      ['every second', {}, { 'post points': /^delivered / }],
      ['line down', {}, { 'post points': /^offline / }],
      ['every 2 s', {}, { backlog: /^[1-9]\d* waiting, / }],
      ['line up', {}],
      ['try now', {}, { 'post points': /^delivered /, backlog: /^0 waiting, / }],
    ],
    accepted: {},
  },
  '4 Plant patterns/2 Backfill from a CSV file': {
    presses: [
      ['1 make a file', { 'file made': 'backfill-example.csv' }],
      [
        '2 send it',
        { 'read to the end': 'true', 'sent until': /^2025-01-0/ },
        { 'sent until': /^2025-01-02T10:59:00/, 'post points': /^delivered 2100/ },
      ],
      ['2 send it', { 'read to the end': 'true' }],
    ],
    accepted: { pointsAccepted: 2100 },
  },
  '4 Plant patterns/3 Sub-devices by a gateway': {
    presses: [
      ['EnOS, by the gateway', { 'accepted of meters': { points: 3, requests: 1 } }],
      ['EnOS, by application', { 'accepted by application': { points: 3, requests: 1 } }],
      ['Thing+ gateway', { 'accepted of sensors': { length: 3 } }],
    ],
    accepted: { sessions: 1, pointsAccepted: 6 },
  },
  '4 Plant patterns/4 Onboarding in EnOS from a sheet': {
    presses: [
      ['1 onboard', { onboarded: /^Dryer [12]$/, 'failed rows': /^Dryer 3: / }, { onboarded: /^Dryer 2$/ }],
      ['1 onboard', { onboarded: /^Dryer [12]$/, 'failed rows': /^Dryer 3: / }],
      ['2 count them', { devices: '3' }],
    ],
    accepted: { pointsAccepted: (count: number) => count >= 3 },
  },
  '4 Plant patterns/5 Onboarding in Thing+ from a sheet': {
    presses: [
      ['onboard', { onboarded: /^Oven /, 'failed rows': /^Oven 3 heat: / }],
      ['onboard', { onboarded: /^Oven /, 'failed rows': /^Oven 3 heat: .*temperature/ }],
    ],
    accepted: { gateways: [{ name: 'Bakery' }], devices: { length: 3 }, sensors: { length: 3 } },
    cloud: 'thingplus',
  },
}

export const promises: Readonly<Record<string, ExamplePromise>> = {
  ...firstSteps,
  ...enosPromises,
  ...plantPatterns,
  ...Object.fromEntries(
    Object.entries(thingPlusPromises).map(([file, promise]) => [file, { ...promise, cloud: 'thingplus' }]),
  ),
}
