import { strict as assert } from 'node:assert'
import fc from 'fast-check'
import { ByteReader, ByteWriter } from '../../../lib/outbox/log/bytes'
import { decodeSequences, plannedSettle } from '../../../lib/outbox/log/change'
import { decodeCheckpoint, encodeCheckpoint, encodeSegmentState } from '../../../lib/outbox/log/checkpoint'
import {
  checkedBody,
  expectedBody,
  findEntry,
  headerLength,
  kinds,
  readHeader,
  seedOf,
  writeEntry,
} from '../../../lib/outbox/log/entry'
import { LogFault } from '../../../lib/outbox/log/fault'
import { decodeLane, encodeLane, LogLanes } from '../../../lib/outbox/log/lanes'
import { decodePage, encodePage, newPage } from '../../../lib/outbox/log/page'
import { PageRows, Segment } from '../../../lib/outbox/log/segment'
import { decodeSegmentHeader, encodeSegmentHeader } from '../../../lib/outbox/log/segment-header'

const sequences = fc.maxSafeNat().map((value) => value % 2 ** 48)
const uint16 = fc.nat({ max: 0xffff })
const uint32 = fc.nat({ max: 0xffffffff })
const bytes = fc.uint8Array({ maxLength: 300 }).map((values) => Buffer.from(values))

const fields = fc.record({
  kind: fc.constantFrom(...Object.values(kinds)),
  flags: fc.nat({ max: 7 }),
  area: fc.nat({ max: 3 }),
  fate: fc.nat({ max: 5 }),
  count: uint16,
  lane: uint32,
  sequence: sequences,
})

describe('the formats of the log', () => {
  it('give whole numbers and texts back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.maxSafeNat(), fc.integer(), fc.double(), fc.string())), (rows) => {
        const writer = new ByteWriter(1)
        for (const [whole, signed, float, text] of rows) writer.varint(whole).signed(signed).float(float).text(text)
        const reader = new ByteReader(writer.end())
        for (const [whole, signed, float, text] of rows) {
          assert.deepEqual([reader.varint(), reader.signed()], [whole, signed])
          assert.ok(Object.is(reader.float(), float))
          assert.equal(reader.text(), Buffer.from(text).toString())
        }
        assert.ok(reader.isAtEnd)
      }),
    )
  })

  it('give an entry back as it was written, with any one bit of it flipped', () => {
    fc.assert(
      fc.property(fields, uint32, uint16, bytes, uint32, fc.nat(), (entry, number, group, body, salt, chance) => {
        const seed = seedOf(salt, 7)
        const target = Buffer.alloc(headerLength + body.length + 9, 0x55)
        const end = writeEntry(target, 5, entry, number, group, body, seed)
        assert.equal(end, 5 + headerLength + body.length)
        const bit = 8 * 5 + (chance % (8 * (end - 5)))
        for (const flip of [0, 1 << (bit & 7)]) {
          target[bit >> 3] = (target[bit >> 3] ?? 0) ^ flip
          const header = readHeader(target, 5, seed)
          assert.ok(header)
          const { length, bodyCrc, ...rest } = header
          assert.deepEqual(rest, { ...entry, number, group })
          const right = checkedBody(target.subarray(5 + headerLength, end), header)
          // A run of zeros is never mended: see README.md.
          if (!body.includes(Buffer.alloc(60))) assert.deepEqual(right, body)
          const expected = { ...entry, number, length: end - 5 }
          const found = expectedBody(target, 5, seed, expected)
          if (flip === 0 || found) assert.deepEqual(found, body)
        }
      }),
    )
  })

  it('know an entry of another segment, or of another log, from one of their own', () => {
    const body = Buffer.from('body')
    const target = Buffer.alloc(headerLength + body.length)
    const entry = { kind: kinds.put, flags: 0, area: 1, fate: 0, count: 1, lane: 1, sequence: 9 }
    writeEntry(target, 0, entry, 0, 0, body, seedOf(1, 2))
    assert.ok(readHeader(target, 0, seedOf(1, 2)))
    assert.equal(findEntry(Buffer.concat([Buffer.from('xfe'), target]), 0, seedOf(1, 2)), 3)
    for (const seed of [seedOf(1, 3), seedOf(2, 2)]) {
      assert.equal(readHeader(target, 0, seed), undefined)
      assert.equal(findEntry(target, 0, seed), -1)
    }
  })

  it('give pages, settlements and lanes back as they were written', () => {
    const row = fc.record({ number: uint32, sequence: sequences, offset: uint32, length: uint32, count: uint16 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), fc.string(), (rows, name) => {
        const sorted = rows.sort((a, b) => a.sequence - b.sequence)
        const page = newPage(rows.length)
        sorted.forEach((put, at) => {
          page.numbers[at] = put.number
          page.sequences[at] = put.sequence
          page.offsets[at] = put.offset
          page.lengths[at] = put.length
          page.counts[at] = put.count
        })
        assert.deepEqual(decodePage(encodePage(page)), page)
        const ended = sorted.map(({ sequence }) => sequence)
        const { sequence, body } = plannedSettle(1, 1, 'delivered', false, ended)
        if (ended.length > 0) assert.deepEqual(decodeSequences(sequence, body), ended)
        const lane = new LogLanes().ensure(name)
        Object.assign(lane, { accepted: rows.length, evicted: 3, lastSequence: 2 ** 47 })
        const { accepted, evicted, lastSequence, lane: read } = decodeLane(encodeLane(lane))
        assert.deepEqual([accepted, evicted, lastSequence], [rows.length, 3, 2 ** 47])
        assert.equal(read, Buffer.from(name).toString())
      }),
    )
  })

  it('give a checkpoint back as it was written, and none of which a byte is another', () => {
    const segment = new Segment(4, 99)
    segment.put(3, 70)
    segment.entries = 5
    const row = {
      lane: 1,
      area: 1,
      first: 10,
      last: 12,
      puts: 2,
      live: 1,
      records: 3,
      bytes: 70,
      offset: 40,
      length: 9,
    }
    segment.pages = new PageRows([row])
    const lane = {
      lane: 'a',
      number: 1,
      accepted: 5,
      delivered: 2,
      dropped: 0,
      evicted: 0,
      damaged: 0,
      lastSequence: 12,
    }
    const place = { generation: 7, salt: 99, segment: 5, offset: 40 }
    const encoded = encodeCheckpoint(place, [lane], 1, [encodeSegmentState(segment)])
    const checkpoint = decodeCheckpoint(encoded)
    assert.ok(checkpoint)
    const { lanes, segments, ...rest } = checkpoint
    assert.deepEqual(rest, place)
    assert.deepEqual(lanes, [lane])
    assert.deepEqual(segments[0]?.pages?.row(0), row)
    assert.deepEqual([segments[0]?.number, segments[0]?.entries, segments[0]?.liveCount], [4, 5, 1])
    for (let at = 0; at < encoded.length; at++) {
      const other = Buffer.from(encoded)
      other[at] = (other[at] ?? 0) ^ 0x21
      assert.equal(decodeCheckpoint(other), undefined, `byte ${at}`)
    }
    assert.equal(decodeCheckpoint(encoded.subarray(0, -1)), undefined)
  })

  it('refuse what a newer version has written, and mend a flipped bit in the header of a segment', () => {
    const header = { number: 12, salt: 3, previous: 11, previousEnd: 4000 }
    const encoded = encodeSegmentHeader(header)
    for (let bit = 0; bit < 8 * encoded.length; bit++) {
      const other = Buffer.from(encoded)
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.deepEqual(decodeSegmentHeader(other), header)
    }
    assert.equal(decodeSegmentHeader(Buffer.alloc(40)), undefined)
    const segment = new Segment(1, 1)
    const newer = encodeCheckpoint(
      { generation: 1, salt: 1, segment: 1, offset: 40 },
      [],
      0,
      [encodeSegmentState(segment)],
      2,
    )
    assert.throws(
      () => decodeCheckpoint(newer),
      (failure) => failure instanceof LogFault && failure.kind === 'newer',
    )
  })
})
