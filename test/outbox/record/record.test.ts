import fc from 'fast-check'
import should from 'should'
import { say } from '../../../lib/core'
import { crc32, crc32OfFew } from '../../../lib/outbox/record/crc32'
import { decodeDeadLetter, encodeDeadLetter } from '../../../lib/outbox/record/dead-letter'
import { keyLength, keyOf, laneNumberOf, lastSequence, sequenceOf } from '../../../lib/outbox/record/keys'
import { encodeParts } from '../../../lib/outbox/record/parts'
import {
  countOf,
  decodeRecord,
  encodeRecord,
  type OutboxRecord,
  partLength,
  storedBytes,
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
const keyFor = (record: OutboxRecord) => keyOf('pending', 7, record.sequence)

describe('an outbox record', () => {
  it('comes back as it was encoded, and takes as many bytes as it is counted for', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const value = encodeRecord(keyFor(record), record)
        decodeRecord(keyFor(record), value)?.should.eql(record)
        storedBytes(record.lane, record).should.equal(keyLength + value.length)
        countOf(value).should.equal(record.count)
      }),
    )
  })

  it('is recognised as damaged when any one bit of key or value has flipped', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), (record, position) => {
        const key = keyFor(record)
        const bytes = Buffer.concat([key, encodeRecord(key, record)])
        const bit = position % (bytes.length * 8)
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
        should(decodeRecord(bytes.subarray(0, keyLength), bytes.subarray(keyLength))).be.undefined()
      }),
    )
  })

  it('is recognised as damaged when it was cut off', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), (record, cut) => {
        const value = encodeRecord(keyFor(record), record)
        should(decodeRecord(keyFor(record), value.subarray(0, cut % value.length))).be.undefined()
      }),
    )
  })

  it('sorts by area, lane and sequence in the byte order of its key', () => {
    const place = fc.tuple(fc.nat(0xffff), fc.integer({ min: 0, max: lastSequence }))
    fc.assert(
      fc.property(place, place, ([laneA, sequenceA], [laneB, sequenceB]) => {
        const [a, b] = [keyOf('pending', laneA, sequenceA), keyOf('pending', laneB, sequenceB)]
        Math.sign(Buffer.compare(a, b)).should.equal(Math.sign(laneA - laneB || sequenceA - sequenceB))
        laneNumberOf(a).should.equal(laneA)
        sequenceOf(a).should.equal(sequenceA)
      }),
    )
  })

  it('survives as a dead letter with its reason, and any flipped bit there is noticed', () => {
    fc.assert(
      fc.property(anyRecord, fc.string(), fc.nat(), (record, word, position) => {
        const key = keyFor(record)
        const reason = { code: 'VALIDATION_REFUSED', cloudCode: '1204', text: say`${say`the ${word}`} has ${3} faults` }
        const bytes = encodeDeadLetter(key, encodeRecord(key, record), reason, 5)
        decodeDeadLetter(bytes, keyLength)?.should.eql({ record, reason, diedAtMs: 5 })
        const bit = position % (bytes.length * 8)
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
        should(decodeDeadLetter(bytes, keyLength)).be.undefined()
      }),
    )
  })

  it('survives as a dead letter in English, cut, where its text is very long', () => {
    const [record] = fc.sample(anyRecord, 1) as [OutboxRecord]
    const key = keyFor(record)
    const text = say`The cloud says ${'no '.repeat(10_000)}`
    const bytes = encodeDeadLetter(key, encodeRecord(key, record), { code: 'CLOUD_ERROR', text }, 5)
    const told = decodeDeadLetter(bytes, keyLength)?.reason.text
    String(told).should.equal(String(text).slice(0, 1_000))
  })

  it('has the same checksum for few bytes, which are summed up in JavaScript', () => {
    crc32OfFew(Buffer.from('123456789')).should.equal(0xcbf43926)
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => crc32OfFew(b, crc32OfFew(a)) === crc32(b, crc32(a))),
    )
  })
})
