import fc from 'fast-check'
import should from 'should'
import { ConnectorError } from '../../lib/core'
import { EnosDevice, readStoredEntries } from '../../lib/enos'
import type { OutboxRecord } from '../../lib/outbox'
import { classifyConnectorError } from '../../lib/runtime/classify'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import { ThingPlus } from '../../lib/thingplus'

const nowhere = 'http://127.0.0.1:9'
const abyss = '['.repeat(20_000) + ']'.repeat(20_000)

describe('A stored record that this package has not written', () => {
  const client = new ThingPlus({
    baseUrl: `${nowhere}/v2`,
    clientId: 'c',
    clientSecret: 's',
    userName: 'u',
    password: 'p',
  })
  const device = new EnosDevice({
    brokerUrl: nowhere,
    productKey: 'p',
    deviceKey: 'd',
    deviceSecret: 's',
    lifetimeMs: 300_000,
  })
  after(() => {
    client.close()
    device.close()
  })
  const context = { signal: new AbortController().signal, kind: 'live' as const }
  const readers: Record<string, (payload: Buffer) => unknown> = {
    'Thing+ values': (payload) =>
      thingplusDestinations.values(client).send([{ payload } as OutboxRecord], context as never),
    'Thing+ statuses': (payload) =>
      thingplusDestinations.status(client).send([{ payload } as OutboxRecord], context as never),
    'an event of EnOS': (payload) => device.deliver('event', { json: [payload], count: 1 }, 'live'),
    'an entry of EnOS for another way': (payload) => readStoredEntries('measurepoint', payload),
  }
  const failureOf = async (read: (payload: Buffer) => unknown, payload: Buffer) => {
    try {
      await read(payload)
    } catch (failure) {
      return failure
    }
    return undefined
  }

  for (const [name, read] of Object.entries(readers))
    it(`is one error, which makes a dead letter of it alone: ${name}`, async () => {
      for (const text of [
        abyss,
        `{"a":${abyss}}`,
        '',
        '5',
        'null',
        '[1]',
        '{',
        '\ud800',
        '{"eventId":"e","params":5}',
      ]) {
        const failure = await failureOf(read, Buffer.from(text))
        // Of an object in whose place nothing is found, no request is made.
        should(classifyConnectorError(failure)).have.property('kind', 'bug')
        if (!text.startsWith('{"')) should(failure).be.instanceOf(ConnectorError)
      }
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), async (bytes) => {
          should(classifyConnectorError(await failureOf(read, Buffer.from(bytes)))).have.property('kind', 'bug')
        }),
      )
    })
})
