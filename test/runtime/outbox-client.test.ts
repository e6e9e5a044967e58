import { EventEmitter } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import type { NodeAPI } from 'node-red'
import should from 'should'
import { gatherArrivals } from '../../lib/outbox'
import { OutboxClient } from '../../lib/runtime'
import { newFolder, removeFolder } from '../folder'

describe('The outbox of a configuration node', () => {
  /** All that it asks of Node-RED is the event bus, which tells runtimes apart. */
  const RED = { events: new EventEmitter() } as unknown as NodeAPI
  const clients: OutboxClient[] = []
  let folder: string
  beforeEach(async () => {
    folder = await newFolder('outbox-client')
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    await untilClosed()
    await removeFolder(folder)
  })

  const clientWith = (maxBytes: number) => {
    const client = new OutboxClient(RED, { folder, maxBytes })
    clients.push(client)
    return client
  }
  /** Until this process has no file of the folder open; the outbox waits 3 s for the next deployment. */
  const untilClosed = async () => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const descriptors = await readdir('/proc/self/fd')
      const files = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
      if (!files.some((file) => file.startsWith(folder))) return
      if (Date.now() - since > 50_000) throw new Error('The outbox stays open.')
    }
  }

  it('is closed after its node, however many asked for it at the same time', async () => {
    const client = clientWith(1e6)
    await Promise.all([client.figures(), client.figures(), client.figures()])
    await client.close()
    await untilClosed()
  })

  it('is opened anew with the limits of the next deployment, for all who ask at the same time', async () => {
    const before = clientWith(1e6)
    await before.figures()
    await before.close()
    const after = clientWith(2e6)
    for (const { maxBytes } of await Promise.all([after.figures(), after.figures()])) maxBytes.should.equal(2e6)
  })

  it('is refused to a second node with other limits while the first one has it', async () => {
    await clientWith(1e6).figures()
    await should(clientWith(2e6).figures()).be.rejectedWith({ code: 'CONFIG_INVALID' })
  })

  it('takes in what comes after its node was closed, and is closed all the same', async () => {
    const client = clientWith(1e6)
    await client.figures()
    await client.close()
    const arrivals = gatherArrivals(0)
    arrivals.add('s', '1', 0)
    await client.accept('lane', arrivals)
    await untilClosed()
    should((await clientWith(1e6).figures()).lanes).matchAny({ lane: 'lane', pending: 1 })
  })
})
