import fc from 'fast-check'
import should from 'should'
import { say } from '../../../lib/core'
import { decodeDeadLetter, encodeDeadLetter } from '../../../lib/outbox/record/dead-letter'
import { encodeParts } from '../../../lib/outbox/record/parts'
import {
  decodeRecord,
  encodeRecord,
  lastSequence,
  type OutboxRecord,
  partLength,
  recordBytes,
} from '../../../lib/outbox/record/record'

const anyTime = fc.double({ noNaN: true })
const name = fc.string({ unit: 'grapheme', maxLength: 40 })
const single = { count: 1, parts: undefined }
const bundle = fc
  .uint8Array({ minLength: 2 * partLength, maxLength: 20 * partLength })
  .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % partLength)))
  .map((bytes) => ({ count: bytes.length / partLength, parts: Buffer.from(bytes) }))
const mixedBundle = fc.uniqueArray(name, { minLength: 2, maxLength: 20 }).chain((streams) =>
  fc
    .array(fc.tuple(fc.string(), anyTime, fc.nat(streams.length - 1)), { minLength: 2, maxLength: 100 })
    .map((parts) => ({
      stream: '',
      count: parts.length,
      parts: encodeParts({
        texts: parts.map(([text]) => text),
        eventTimesMs: parts.map(([, eventTimeMs]) => eventTimeMs),
        streams,
        streamNumbers: parts.map(([, , number]) => number),
      }),
    })),
)
const anyPlace = fc.record(
  {
    sequence: fc.integer({ min: 0, max: lastSequence }),
    lane: name,
    stream: name,
    acceptedWallMs: anyTime,
    acceptedMonotonicMs: anyTime,
    bootId: fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
    eventTimeMs: anyTime,
    clockImplausible: fc.boolean(),
    isArrival: fc.boolean(),
    isRevived: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
)
const anyRecord = fc
  .tuple(anyPlace, fc.oneof(fc.constant(single), bundle, mixedBundle))
  .map(([place, shape]): OutboxRecord => ({ ...place, ...shape }))

describe('an outbox record', () => {
  it('comes back as it was encoded, and takes as many bytes as it is counted for', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const body = encodeRecord(record)
        const { lane, sequence, count } = record
        decodeRecord(lane, { sequence, count, body })?.should.eql(record)
        recordBytes(record).should.equal(body.length)
      }),
    )
  })

  it('is nothing, or something of the same size, whatever its bytes say', () => {
    fc.assert(
      fc.property(anyRecord, fc.uint8Array(), fc.nat(), ({ lane, sequence, count, ...record }, noise, at) => {
        const body = encodeRecord({ lane, sequence, count, ...record })
        body.set(noise.subarray(0, body.length - (at % body.length)), at % body.length)
        for (const bytes of [body, body.subarray(0, at % body.length)]) {
          const decoded = decodeRecord(lane, { sequence, count, body: bytes })
          should((decoded?.payload.length ?? 0) + (decoded?.parts?.length ?? 0)).be.belowOrEqual(bytes.length)
        }
      }),
    )
  })

  it('survives as a dead letter with its reason', () => {
    fc.assert(
      fc.property(anyRecord, fc.string(), (record, word) => {
        const reason = { code: 'VALIDATION_REFUSED', cloudCode: '1204', text: say`${say`the ${word}`} has ${3} faults` }
        const body = encodeDeadLetter({ record, reason }, 5)
        const { lane, sequence, count } = record
        decodeDeadLetter(lane, { sequence, count, body })?.should.eql({ record, reason, diedAtMs: 5 })
        should(decodeDeadLetter(lane, { sequence, count, body: body.subarray(7) })).be.undefined()
      }),
    )
  })

  it('survives as a dead letter in English, cut, where its text is very long', () => {
    const [record] = fc.sample(anyRecord, 1) as [OutboxRecord]
    const text = say`The cloud says ${'no '.repeat(10_000)}`
    const body = encodeDeadLetter({ record, reason: { code: 'CLOUD_ERROR', text } }, 5)
    const { lane, sequence, count } = record
    const told = decodeDeadLetter(lane, { sequence, count, body })?.reason.text
    String(told).should.equal(String(text).slice(0, 1_000))
  })
})
