import type { ExamplePromise } from './promises'

const registered = { done: { name: 'Pump runs', type: 'onoff' } }
const gatewayId = '87cd2a6e407511e7922eb724f8803770'
/** What the Thing+ examples promise: rows of the table in `promises.ts`; `accepted` is the Thing+ half of the state. */
export const thingPlusPromises: Readonly<Record<string, ExamplePromise>> = {
  '1 First steps/4 Thing+, the guide in one flow': {
    presses: [
      ['start', { latest: { latest: { value: '36.5' } } }],
      ['start', { latest: { latest: { value: '36.5' } } }],
    ],
    accepted: {
      gateways: [{ name: 'Guide gateway' }],
      devices: [{ name: 'Guide device' }],
      sensors: [{ values: 2 }],
      valuesAccepted: 2,
    },
  },
  '3 Thing+/1 Create an OAuth client': {
    presses: [
      ['create', { client: { id: 'pumpHouseClient', scopes: { length: 2 } } }],
      ['token', { 'token length': (length: number) => length > 100 }],
      ['create', { client: { id: 'pumpHouseClient' } }],
    ],
    accepted: {},
  },
  '3 Thing+/2 Get a token': { presses: [['my site', { site: { data: { 0: { name: 'default' } } } }]], accepted: {} },
  '3 Thing+/3 Read what is there': {
    presses: [
      ['1 register', registered],
      ['2 sites', { sites: { 0: { id: '1', name: 'default' } } }],
      ['3 sensor types', { 'sensor types': '63' }],
      ['4 sensors', { sensors: { length: 2 } }],
      ['5 values', { values: { points: { length: 0 } } }],
    ],
    accepted: {},
  },
  '3 Thing+/4 Register gateways': {
    presses: [
      ['one gateway', { registered: { name: 'Workshop' } }],
      // Its second row, too: a message that comes late would be taken for one of the next button.
      ['a table', { 'registered row': { name: /^Workshop [12]$/ } }, { 'registered row': /^Workshop 2$/ }],
      ['one gateway', { registered: { name: 'Workshop' } }],
    ],
    accepted: {},
  },
  '3 Thing+/5 Register a device': {
    presses: [['register', { registered: { name: 'Press' } }]],
    accepted: { devices: [{ name: 'Press' }] },
  },
  '3 Thing+/6 Register sensors': {
    presses: [
      ['1 register', registered],
      ['2 a table', { 'registered row': { name: /^Hall / } }],
    ],
    accepted: {},
  },
  '3 Thing+/7 Send a status': {
    presses: [
      ['1 register', registered],
      ['2 on', { reported: { length: 3, 0: { value: 'on' } } }],
      ['3 off (msg.status)', { reported: { length: 3, 0: { value: 'off' } } }],
    ],
    accepted: {
      statuses: ['', '/pump-temperature', '/pump-running'].map((part) => ({ target: gatewayId + part, value: 'off' })),
    },
  },
  '3 Thing+/8 Send values': {
    presses: [
      ['1 register', registered],
      ['2 one value', { accepted: { 0: { accepted: 1 } } }],
      ['3 values with times', { 'accepted series': { 0: { accepted: 3 } } }],
      ['4 values of two sensors', { 'accepted of both': { length: 2 } }],
      ['2 one value', { accepted: { 0: { accepted: 1 } } }],
      ['3 values with times', { 'accepted series': { 0: { accepted: 3 } } }],
    ],
    accepted: { valuesAccepted: 10 },
  },
  '3 Thing+/9 Send values from a table': {
    presses: [
      ['1 register', registered],
      ['2 a reading', { accepted: { length: 2 } }],
      ['3 a part of one', { accepted: { length: 1 } }],
    ],
    accepted: { valuesAccepted: 3 },
  },
} as const
