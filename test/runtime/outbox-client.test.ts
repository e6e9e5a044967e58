import { EventEmitter } from 'node:events'
import { copyFile, readdir, readlink, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeAPI } from 'node-red'
import should from 'should'
import { type Destination, loadArrivals, openOutbox } from '../../lib/outbox'
import { OutboxClient } from '../../lib/runtime'
import { DesertedFolders } from '../../lib/runtime/deserted-folders'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { skip } from '../skipping'

describe('The outbox of a configuration node', function () {
  this.timeout(patienceMs)
  /** All that it asks of Node-RED is the event bus, which tells runtimes apart. */
  const RED = { events: new EventEmitter() } as unknown as NodeAPI
  const clients: OutboxClient[] = []
  let folder: string
  before(function () {
    if (process.platform !== 'linux') skip(this, 'only Linux tells which files a process has open')
  })
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

  it('takes messages in as they came, also those that come while it is being opened', async () => {
    const before = await openOutbox({ folder, maxBytes: 1e6 })
    await before.acceptAll('lane', [{ stream: 's', payload: '0', eventTimeMs: 0 }])
    await before.close()
    const client = clientWith(1e6)
    const received: string[] = []
    const destination: Destination = {
      batching: 'lane',
      send: async (records) => void received.push(...records.map(({ payload }) => payload.toString())),
      classify: () => ({ kind: 'bug' }),
    }
    client.attach({ lane: 'lane', owner: client, destination, options: {}, inherit: () => undefined }, () => undefined)
    const accepted: Promise<void>[] = []
    let isOpen = false
    const opened = () => {
      isOpen = true
    }
    // Message by message, until some have come after it was open.
    for (let after = 0; after < 20; after += isOpen ? 1 : 0) {
      const arrivals = client.gather(0)
      arrivals.add('s', String(accepted.length + 1), 0)
      accepted.push(client.accept('lane', arrivals).then(opened))
      // Not so many that they fill the outbox before it is open.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all(accepted)
    while (received.length <= accepted.length) await new Promise((resolve) => setTimeout(resolve, 20))
    // What was there before is late, and they are live: each in its order.
    received.filter((body) => body !== '0').should.eql(Array.from(accepted, (_, at) => String(at + 1)))
    received.should.containEql('0')
  })

  it('is refused to a second node with other limits while the first one has it', async () => {
    await clientWith(1e6).figures()
    await should(clientWith(2e6).figures()).be.rejectedWith({ code: 'CONFIG_INVALID' })
  })

  describe('in a Node-RED with a user directory', () => {
    const errors: string[] = []
    const tell = (text: unknown) => void errors.push(String(text))
    beforeEach(() => {
      errors.length = 0
    })
    /** Of a process of its own: nothing is known but what is on the disk. */
    const startNodeRed = (flows: readonly string[] = []) => {
      const nodes = {
        eachNode(each: (node: object) => void) {
          for (const id of flows) each({ id, type: 'cloud-outbox' })
        },
        getNode: () => null,
      }
      return { events: new EventEmitter(), settings: { userDir: folder }, nodes } as unknown as NodeAPI
    }
    const deployed = (process: NodeAPI, name: string, key = 'outbox') => {
      const client = new OutboxClient(process, { folder: join(folder, name) }, { key, error: tell })
      clients.push(client)
      return client
    }
    const acceptIn = async (client: OutboxClient) => {
      const arrivals = new (loadArrivals().Arrivals)(0)
      arrivals.add('s', '1', 0)
      await client.accept('lane', arrivals)
    }
    const stop = async (client: OutboxClient) => {
      await client.close()
      await untilClosed()
    }

    it('takes its records along when the folder was changed while Node-RED was stopped', async () => {
      const before = deployed(startNodeRed(), 'one')
      await acceptIn(before)
      await stop(before)
      should((await deployed(startNodeRed(), 'two').figures()).lanes).matchAny({ lane: 'lane', pending: 1 })
      should(errors).be.empty()
    })

    it('tells of what could not be taken along at each start, until it is gone', async () => {
      for (const name of ['two', 'one']) {
        const client = deployed(startNodeRed(), name, name)
        await acceptIn(client)
        await stop(client)
      }
      for (const expected of [
        /^Records are waiting in .*one, .*\(number: 1\)/,
        /^Records are waiting in .*one, .*\(number: 1\)/,
      ]) {
        const client = deployed(startNodeRed(), 'two', 'one')
        await client.figures()
        should(errors.splice(0).join()).match(expected)
        await stop(client)
      }
      await removeFolder(join(folder, 'one'))
      await deployed(startNodeRed(), 'two', 'one').figures()
      should(errors).be.empty()
    })

    it('takes nothing from a folder that another configuration has, be it disabled', async () => {
      const both = ['outbox', 'other']
      for (const key of both) {
        const client = deployed(startNodeRed(both), 'one', key)
        await acceptIn(client)
        await stop(client)
      }
      const client = deployed(startNodeRed(both), 'two')
      should((await client.figures()).lanes).be.empty()
      should(errors.join()).match(/one, the former folder of this outbox, .*Another cloud-outbox configuration uses it/)
      should((await deployed(startNodeRed(both), 'one', 'other').figures()).lanes).matchAny({ pending: 2 })
    })

    it('finds the folder of its own user directory where that was copied from another', async () => {
      const before = deployed(startNodeRed(), 'one')
      await acceptIn(before)
      await stop(before)
      const copy = await newFolder('copied-user-directory')
      try {
        await copyFile(join(folder, 'edgecourier-outboxes.json'), join(copy, 'edgecourier-outboxes.json'))
        const process = { ...startNodeRed(), settings: { userDir: copy } } as unknown as NodeAPI
        const client = new OutboxClient(process, { folder: join(copy, 'two') }, { key: 'outbox', error: tell })
        should((await client.figures()).lanes).be.empty()
        await client.close()
        should((await deployed(startNodeRed(), 'one').figures()).lanes).matchAny({ pending: 1 })
      } finally {
        await removeFolder(copy)
      }
    })

    describe('after its configuration was deleted', () => {
      const warnings = (process: NodeAPI) => {
        const told: string[] = []
        return { told, folders: new DesertedFolders(process, (text) => void told.push(String(text))) }
      }
      const desert = async (key = 'outbox') => {
        const client = deployed(startNodeRed([key]), 'one', key)
        await acceptIn(client)
        await stop(client)
      }

      it('is told once with what waits in it, until another one takes that along', async () => {
        await desert()
        const process = startNodeRed()
        const { told, folders } = warnings(process)
        await folders.look()
        await folders.look()
        should(told.splice(0).join()).match(
          /^Records are waiting in the folder .*one \(number: 1\), which no outbox .* or delete the folder\.$/,
        )
        should(folders.found).deepEqual([{ folder: join(folder, 'one'), records: 1 }])
        const anew = deployed(process, 'one', 'new')
        await folders.look()
        should(folders.found).be.empty()
        should((await anew.figures()).lanes).matchAny({ lane: 'lane', pending: 1 })
        await stop(anew)
        await folders.look()
        should(told.join()).match(/^Records are waiting in .*\(number: 1\)/)
      })

      it('is told although it was open until now, and not where nothing is in it', async () => {
        const process = startNodeRed()
        const { told, folders } = warnings(process)
        const full = deployed(process, 'one')
        await acceptIn(full)
        const empty = deployed(process, 'two', 'other')
        await empty.figures()
        await full.close()
        await empty.close()
        await folders.look()
        should(told).have.length(1)
        should(told.join()).match(/one \(number: 1\), which no outbox/)
      })

      it('is counted although files of it go meanwhile', async () => {
        await desert()
        // As one that is listed, and gone before it is looked at.
        await symlink(join(folder, 'gone'), join(folder, 'one', '.DS_Store'))
        const { told, folders } = warnings(startNodeRed())
        await folders.look()
        should(told.join()).match(/one \(number: 1\), which no outbox/)
      })

      it('is not reported where its configuration is disabled or copied, or another process has the folder', async () => {
        await desert()
        for (const flows of [['outbox'], ['outbox', 'copy']]) {
          const { told, folders } = warnings(startNodeRed(flows))
          await folders.look()
          should(told).be.empty()
        }
        const elsewhere = await openOutbox({ folder: join(folder, 'one') })
        const { told, folders } = warnings(startNodeRed())
        await folders.look()
        await elsewhere.close()
        should(told).be.empty()
      })

      it('is told where the instance of a subflow is gone that it was in', async () => {
        await desert('tab/instance/outbox')
        const whole = warnings(startNodeRed(['tab', 'instance', 'outbox']))
        await whole.folders.look()
        should(whole.told).be.empty()
        const rest = warnings(startNodeRed(['tab', 'outbox']))
        await rest.folders.look()
        should(rest.told).have.length(1)
      })

      it('is told without a number, and not opened, where it is large', async () => {
        await desert()
        await writeFile(join(folder, 'one', 'damaged-large'), '')
        await truncate(join(folder, 'one', 'damaged-large'), 100e6)
        const { told, folders } = warnings(startNodeRed())
        await folders.look()
        should(told.join()).match(/^Values may be waiting in the folder .*one, which no outbox/)
      })
    })

    it('takes what outlasts its deployment into the folder of the next one', async () => {
      const process = startNodeRed()
      const before = deployed(process, 'one')
      await acceptIn(before)
      await before.close()
      const after = deployed(process, 'two')
      await Promise.all([acceptIn(before), acceptIn(after)])
      should((await after.figures()).lanes).matchAny({ lane: 'lane', pending: 3 })
      should(await readdir(folder)).not.containEql('one')
    })
  })

  it('takes in what comes after its node was closed, and is closed all the same', async () => {
    const client = clientWith(1e6)
    await client.figures()
    await client.close()
    const arrivals = new (loadArrivals().Arrivals)(0)
    arrivals.add('s', '1', 0)
    await client.accept('lane', arrivals)
    await untilClosed()
    should((await clientWith(1e6).figures()).lanes).matchAny({ lane: 'lane', pending: 1 })
  })
})
