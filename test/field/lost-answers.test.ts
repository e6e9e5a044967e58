import type { Socket } from 'node:net'
import should from 'should'
import { EnosDevice } from '../../lib/enos'
import { type Lane, type LaneFigures, type Outbox, openOutbox } from '../../lib/outbox'
import { enosDestination } from '../../lib/runtime/enos-way'
import { newFolder, removeFolder } from '../folder'
import { type RawServer, startRawServer } from '../http/raw-server'

const body = (json: object) => {
  const text = JSON.stringify(json)
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}
const loggedIn = body({ code: 200, data: { sessionId: 'S' } })
const taken = body({ code: 200, data: {} })

describe('Between the plant and the cloud, a gateway', () => {
  let server: RawServer
  let device: EnosDevice
  let outbox: Outbox
  let lane: Lane
  let folder: string
  let posts: number

  /** @param answer to each request with values, all of which the cloud has taken */
  const start = async (answer: (socket: Socket) => void, toLogins = loggedIn) => {
    posts = 0
    server = await startRawServer((socket, request) => {
      if (request.startsWith('POST /auth')) return socket.write(toLogins)
      posts += 1
      answer(socket)
    })
    device = new EnosDevice({
      brokerUrl: server.url,
      productKey: 'pK11111',
      deviceKey: 'dK987654',
      deviceSecret: 'ds54321',
      lifetimeMs: 300_000,
    })
    folder = await newFolder('gateway')
    // Without jitter's waits: what is sent at the usual pace is sent at once.
    outbox = await openOutbox({ folder, random: () => 0 })
    lane = outbox.lane('lane')
    await lane.attach(enosDestination(device, 'measurepoint', 'by-age'))
    await outbox.acceptAll('lane', [
      { stream: 's', payload: '{"measurepoints":{"temp":1},"time":1}', eventTimeMs: Date.now() },
    ])
  }
  const until = async (isSo: (figures: LaneFigures) => boolean) => {
    for (;;) {
      const figures = await lane.figures()
      if (isSo(figures)) return figures
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  afterEach(async () => {
    await outbox.close()
    device.close()
    await server.close()
    await removeFolder(folder)
  })

  it('that sends an unasked 100 Continue before each answer delays nothing and doubles nothing', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
    await start((socket) => socket.write(interim + taken), interim + loggedIn)
    await until(({ delivered }) => delivered === 1)
    should(posts).equal(1)
  })

  const losses: [title: string, answer: (socket: Socket) => void][] = [
    ['resets the connection instead of each answer', (socket) => socket.resetAndDestroy()],
    ['ends the connection instead of each answer', (socket) => socket.end()],
    ['garbles each answer', (socket) => socket.end('HTTP/9 what?\r\n\r\n')],
    [
      'answers each request with a page of its own',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nHi!\n'),
    ],
    ['tears each answer', (socket) => socket.end(taken.slice(0, -3))],
  ]
  for (const [title, answer] of losses) {
    it(`that ${title} gets the same values four times, then seldom, and the node says that it is unclear`, async () => {
      await start(answer)
      const { pending, lastError } = await until(({ state }) => state === 'unclear')
      should(posts).equal(4)
      should(pending).equal(1)
      should(lastError?.code).match(/^(NETWORK_INTERRUPTED|RESPONSE_UNREADABLE)$/)
    })
  }
})
