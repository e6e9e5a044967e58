import should from 'should'
import { LastMessage } from '../../lib/runtime/last-message'
import { sampleMessage } from '../../lib/runtime/preview-endpoint'
import { ManualClock } from '../outbox/manual-clock'

const weighAfterMs = 1_000
const message = (properties: object) => ({ _msgid: '1', ...properties }) as Parameters<LastMessage['remember']>[0]

describe('The last message that a node remembers', () => {
  it('is as it came, whatever is put in the place of its properties', () => {
    const last = new LastMessage(new ManualClock())
    const msg = message({ payload: 21.5, topic: 'temp' })
    last.remember(msg, 1)
    Object.assign(msg, { payload: { points: 1 }, topic: 'other' })
    should(last.remembered).deepEqual({ msg: message({ payload: 21.5, topic: 'temp' }), arrivalMs: 1 })
  })

  const heavy: [what: string, payload: unknown][] = [
    ['a large text', 'x'.repeat(600_000)],
    ['a large file', Buffer.alloc(2_000_000)],
    ['a long list, however deep', { a: { b: Array.from({ length: 200_000 }, (_, value) => ({ value })) } }],
    ['an object that fails when it is read', Object.defineProperty({}, 'a', { enumerable: true, get: fail })],
    ['a list that fails when it is read', Object.defineProperty([1, 2], '1', { get: fail })],
    ['a proxy that was revoked', revoked()],
  ]
  for (const [what, payload] of heavy) {
    it(`is let go of a second after it came, where it holds ${what}`, async () => {
      const clock = new ManualClock()
      const last = new LastMessage(clock)
      last.remember(message({ payload }), 1)
      should(last.remembered?.msg.payload === payload).be.true()
      await clock.pass(weighAfterMs)
      should(last.remembered).be.undefined()
      should(last.isTooLarge).be.true()
      last.remember(message({ payload: 1 }), 2)
      await clock.pass(weighAfterMs)
      should(last.isTooLarge).be.false()
      should(last.remembered?.arrivalMs).equal(2)
    })
  }

  it('is kept where it holds itself, and without the connection that it came by', async () => {
    const clock = new ManualClock()
    const last = new LastMessage(clock)
    const payload: Record<string, unknown> = { a: 1 }
    payload.self = payload
    last.remember(message({ payload, req: { socket: 'x'.repeat(1_000_000) }, res: {} }), 1)
    await clock.pass(weighAfterMs)
    should(Object.keys(last.remembered?.msg ?? {})).deepEqual(['_msgid', 'payload'])
  })

  it('is none of a message that fails when it is read', () => {
    const last = new LastMessage(new ManualClock())
    last.remember(Object.defineProperty(message({}), 'payload', { enumerable: true, get: fail }), 1)
    should(last.remembered).be.undefined()
  })
})

function fail(): never {
  throw new Error('it fails when it is read')
}

describe('A sample that a person types', () => {
  const samples: [text: string, msg: object][] = [
    ['21.5', { payload: 21.5 }],
    [' {"temp": 21.5} ', { payload: { temp: 21.5 } }],
    ['[{"temp": 1}, {"temp": 2}]', { payload: [{ temp: 1 }, { temp: 2 }] }],
    ['{"payload": 21.5, "topic": "temp"}', { payload: 21.5, topic: 'temp' }],
    ['on', { payload: 'on' }],
    ['{"temp": 21.5', { payload: '{"temp": 21.5' }],
    ['false', { payload: false }],
  ]
  for (const [text, msg] of samples) {
    it(`is a message, a payload as JSON, or a text: ${text.trim()}`, () => {
      should(sampleMessage(text)).deepEqual(msg)
    })
  }

  it('has a limit', () => {
    should(() => sampleMessage('1'.repeat(200_001))).throw(/200001 characters; a preview takes at most 200000/)
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
