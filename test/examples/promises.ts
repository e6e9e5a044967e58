import { thingPlusPromises } from './thingplus-promises'

/** What an example promises to who presses its buttons. */
export interface ExamplePromise {
  /** Each button in turn, and what the debug nodes show then: just these nodes, at least these properties. */
  presses: readonly (readonly [button: string, shown: Readonly<Record<string, unknown>>])[]
  /** What the simulated cloud, EnOS where none is named, holds in the end; at least these properties. */
  accepted: Readonly<Record<string, unknown>>
  cloud?: 'enos' | 'thingplus'
}

const enosPromises: Readonly<Record<string, ExamplePromise>> = {
  'EnOS/1 Post measurement points': {
    presses: [
      ['values of now', { accepted: { points: 2, entries: 1 } }],
      ['values with times', { accepted: { points: 3, entries: 3 } }],
      ['CSV text', { 'accepted rows': { points: 4, entries: 2 } }],
      ['values of named devices', { 'accepted of all': { points: 2, entries: 2, requests: 1 } }],
    ],
    accepted: { pointsAccepted: 11 },
  },
  'EnOS/1 Post measurement points from a table': {
    presses: [
      ['a reading', { accepted: { points: 4, entries: 1 } }],
      ['a part of one, with its time', { accepted: { points: 3 } }],
      ['a bad one', { errors: { code: 'INPUT_INVALID' } }],
    ],
    accepted: { pointsAccepted: 7 },
  },
  'EnOS/2 Update attributes': {
    presses: [
      ['serial number and power', { updated: { points: 2 } }],
      ['place', { 'updated by application': { points: 1 } }],
    ],
    accepted: { attributesAccepted: 3 },
  },
  'EnOS/3 Post events': {
    presses: [
      ['too hot', { posted: { entries: 1 } }],
      ['stopped (msg.eventId)', { posted: { entries: 1 } }],
      ['two past events', { 'posted by application': { entries: 2 } }],
    ],
    accepted: { eventsAccepted: 4 },
  },
  'EnOS/4 Upload a thing model': {
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
  'EnOS/5 Call an API': {
    presses: [
      ['new pump', { created: /^\w+$/ }],
      ['search', { found: { length: 2, 0: { deviceKey: 'dK987654' } } }],
      ['thing model', { data: { modelId: 'Demo' } }],
    ],
    accepted: { tokens: 1 },
  },
  'EnOS/6 Get a token, a session, signed headers': {
    presses: [
      ['token', { 'token length': '64' }],
      ['session', { 'session length': '36' }],
      ['request', { 'found device': { code: 0, data: [{ deviceKey: 'dK987654' }] } }],
    ],
    accepted: { tokens: 1, sessions: 1 },
  },
  'Simulator/1 Practise faults': {
    presses: [
      ['send a value', { accepted: { points: 1 }, requests: { statusCode: 200 } }],
      ['cloud fails once', {}],
      ['send a value', { 'not accepted': { code: 'CLOUD_ERROR' }, requests: { statusCode: 503 } }],
      ['line drops once', {}],
      ['send a value', { 'not accepted': { code: 'NETWORK_INTERRUPTED' }, requests: { statusCode: 0 } }],
      ['session expires', {}],
      ['send a value', { accepted: { points: 1 }, requests: { statusCode: 200 } }],
      ['no faults', {}],
      ['send a value', { accepted: { points: 1 }, requests: { statusCode: 200 } }],
    ],
    accepted: { pointsAccepted: 3 },
  },
}

const outboxPromises: Readonly<Record<string, ExamplePromise>> = {
  'Outbox/1 Plant with a bad line': {
    presses: [
      ['machine', {}],
      ['line down', {}],
      ['line up', {}],
      ['look', { figures: { dead: 0, evicted: 0, damaged: 0 } }],
    ],
    accepted: {},
  },
}

export const promises: Readonly<Record<string, ExamplePromise>> = {
  ...enosPromises,
  ...outboxPromises,
  ...Object.fromEntries(
    Object.entries(thingPlusPromises).map(([file, promise]) => [file, { ...promise, cloud: 'thingplus' }]),
  ),
}
