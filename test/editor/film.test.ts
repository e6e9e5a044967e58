import { deflateSync } from 'node:zlib'
import should from 'should'
import { filmOf, framesOf } from './film'

/** A PNG of one pixel. */
const pixel = (red: number) => {
  const film = filmOf([
    { picture: Buffer.concat([head, part('IDAT', deflateSync(Buffer.from([0, red, 0, 0]))), end]), ms: 1 },
  ])
  return framesOf(film)[0] as Buffer
}
const part = (type: string, data: Buffer) => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
}
const head = Buffer.concat([Buffer.alloc(8), part('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]))])
const end = part('IEND', Buffer.alloc(0))

describe('A film', () => {
  it('gives back the pictures that it was made of', () => {
    const pictures = [pixel(1), pixel(2), pixel(3)]
    should(pictures[0]).not.deepEqual(pictures[1])
    should(framesOf(filmOf(pictures.map((picture) => ({ picture, ms: 100 }))))).deepEqual(pictures)
  })

  it('shows its first picture to what knows no films, and each for its time', () => {
    const film = filmOf([
      { picture: pixel(1), ms: 1_500 },
      { picture: pixel(2), ms: 300 },
    ])
    const types = [...film.toString('latin1').matchAll(/IHDR|acTL|fcTL|IDAT|fdAT|IEND/g)].map(([type]) => type)
    should(types).deepEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND'])
    const delays = [...film.toString('latin1').matchAll(/fcTL/g)].map(({ index }) => film.readUInt16BE(index + 24))
    should(delays).deepEqual([1_500, 300])
  })
})
