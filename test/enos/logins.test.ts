import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import { EnosDevice, SessionFiles, SessionMemory } from '../../lib/enos'
import { newFolder, removeFolder } from '../folder'
import { failureOf } from '../http/failure'
import { type RawServer, startRawServer } from '../http/raw-server'
import { SetClock } from '../http/set-clock'
import { patienceMs } from '../patience'
import { isWindows, itWhere } from '../skipping'

const minute = 60_000
const json = (status: string, body: object) => {
  const text = JSON.stringify(body)
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}
const session = (id: string) => json('200 OK', { code: 200, data: { sessionId: id } })
const refused = json('401 No', { code: 401, msg: 'sign check failed' })
const blocked = json('401 No', { code: 401, msg: 'too many connection requests, blocked for another 300 s' })

describe('The logins of an EnOS device', () => {
  let clock: SetClock
  let server: RawServer
  let memory: SessionMemory
  let answer: (socket: Socket) => void
  let loginsMs: number[]
  let heard: () => void
  const closing: (() => unknown)[] = []
  const open = (options: Partial<ConstructorParameters<typeof EnosDevice>[0]> = {}) => {
    const device = new EnosDevice({
      brokerUrl: server.url,
      productKey: 'pK11111',
      deviceKey: 'dK987654',
      deviceSecret: 'ds54321',
      lifetimeMs: 300_000,
      clock,
      memory,
      ...options,
    })
    closing.push(() => device.close())
    return device
  }
  /** Resolves when the broker has the next login. */
  const arrived = () => new Promise<void>((resolve) => (heard = resolve))
  beforeEach(async () => {
    clock = new SetClock()
    memory = new SessionMemory(clock)
    loginsMs = []
    heard = () => undefined
    answer = (socket) => socket.write(session(`S${loginsMs.length}`))
    server = await startRawServer((socket) => {
      loginsMs.push(clock.monotonicMs())
      answer(socket)
      heard()
    })
    closing.push(server.close)
  })
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })

  describe('over deployments', () => {
    it('are awaited once they are sent, and serve whoever opens the device next', async () => {
      let asked: Socket | undefined
      answer = (socket) => {
        asked = socket
      }
      const first = open()
      const sent = arrived()
      const given = first.session()
      await sent
      first.close()
      should((await failureOf(given)).code).equal('ABORTED')
      const second = open()
      const waiting = second.session()
      asked?.write(session('kept'))
      should(await waiting).equal('kept')
      should(await open().session()).equal('kept')
      should(loginsMs.length).equal(1)
    })

    it('are few, however fast devices are opened and closed', async () => {
      let asked: Socket | undefined
      answer = (socket) => {
        asked = socket
      }
      const sent = arrived()
      for (let count = 0; count < 30; count++) {
        const device = open()
        void device.session().catch(() => undefined)
        if (count === 0) await sent
        else await new Promise((resolve) => setImmediate(resolve))
        device.close()
      }
      asked?.write(session('kept'))
      should(await open().session()).equal('kept')
      should(loginsMs.length).equal(1)
    })

    it('do not count where they were ended before a byte was sent', async () => {
      for (let count = 0; count < 10; count++) {
        const device = open()
        const given = device.session()
        device.close()
        should((await failureOf(given)).code).equal('ABORTED')
        should((await failureOf(device.session())).code).equal('ABORTED')
      }
      should(loginsMs.length).equal(0)
      should(await open().session()).equal('S1')
    })

    it('are made anew where the one under way has another secret', async () => {
      let asked: Socket | undefined
      answer = (socket) => {
        asked = socket
        answer = (other) => other.write(session('mine'))
      }
      const sent = arrived()
      const old = open({ deviceSecret: 'old' })
      void old.session().catch(() => undefined)
      await sent
      should(await open().session()).equal('mine')
      asked?.write(refused)
    })
  })

  describe('that get no answer', () => {
    it('in a row count as one, so that the device is online seconds after the line is', async () => {
      answer = (socket) => socket.resetAndDestroy()
      for (let count = 0; count < 3; count++) {
        should((await failureOf(open().session())).code).equal('NETWORK_INTERRUPTED')
        clock.advance(4_000)
      }
      answer = (socket) => socket.write(session('late'))
      should(await open().session()).equal('late')
    })

    it('are not tried again at once, and the error says when', async () => {
      answer = (socket) => socket.resetAndDestroy()
      await failureOf(open().session())
      const failure = await failureOf(open().session())
      should(failure).match({ code: 'AUTH_LOGIN_LIMIT', retryAfterMs: 1_000, message: /got no answer.* in 1 s/ })
      should(loginsMs.length).equal(1)
    })

    it('are no reason to send values seldom: these were not sent', async () => {
      answer = (socket) => socket.resetAndDestroy()
      should((await failureOf(open().session())).mayHaveArrived).be.undefined()
    })
  })

  it('are never more than four in two minutes, nor more than three with an answer', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            pauseMs: fc.oneof(fc.nat(5_000), fc.nat(60_000)),
            // Until it is there, and until its answer is.
            tripMs: fc.tuple(fc.nat(10_000), fc.nat(10_000)),
            does: fc.constantFrom('reset' as const, 'refuse' as const, 'garble' as const, 'lose-session' as const),
            isNew: fc.boolean(),
          }),
          { minLength: 20, maxLength: 60 },
        ),
        async (steps) => {
          memory = new SessionMemory(clock)
          clock.advance(10 * minute)
          const answeredMs: number[] = []
          const arrivedMs: number[] = []
          loginsMs = []
          let device = open()
          for (const { pauseMs, tripMs, does, isNew } of steps) {
            answer = (socket) => {
              clock.advance(tripMs[0])
              arrivedMs.push(clock.monotonicMs())
              clock.advance(tripMs[1])
              if (does === 'reset') return socket.resetAndDestroy()
              if (does === 'garble') return socket.end('?\r\n\r\n')
              answeredMs.push(arrivedMs.at(-1) ?? 0)
              socket.write(does === 'refuse' ? refused : session(`S${loginsMs.length}`))
            }
            if (isNew) device = open()
            const id = await device.session().catch(() => undefined)
            if (id !== undefined) {
              memory.drop(id)
              device = open()
            }
            clock.advance(pauseMs)
          }
          const most = (times: number[]) =>
            Math.max(0, ...times.map((start) => times.filter((ms) => ms >= start && ms < start + 2 * minute).length))
          should(most(arrivedMs)).be.belowOrEqual(4)
          should(most(answeredMs)).be.belowOrEqual(3)
        },
      ),
      { numRuns: 15 },
    )).timeout(patienceMs)

  it('are not tried while EnOS blocks the device, and the error says how long', async () => {
    answer = (socket) => socket.write(blocked)
    should(await failureOf(open().session())).match({ code: 'AUTH_LOGIN_LIMIT', retryAfterMs: 5 * minute })
    answer = (socket) => socket.write(session('late'))
    for (let waited = 0; waited < 5 * minute; waited += 20_000) {
      should(await failureOf(open().session())).match({
        code: 'AUTH_LOGIN_LIMIT',
        retryAfterMs: 5 * minute - waited,
        message: /refuses logins of device dK987654/,
      })
      clock.advance(20_000)
    }
    should(loginsMs.length).equal(1)
    should(await open().session()).equal('late')
  })

  describe('over the end of the process', () => {
    let folder: string
    let failures: unknown[]
    const started = () => {
      memory = new SessionMemory(clock, new SessionFiles(folder, (failure) => failures.push(failure)).of('device'))
      return open()
    }
    const file = async () => join(folder, (await readdir(folder))[0] as string)
    beforeEach(async () => {
      failures = []
      folder = join(await newFolder('logins'), 'sessions')
      closing.unshift(() => removeFolder(join(folder, '..')))
    })

    it('are none where the session still lives', async () => {
      should(await started().session()).equal('S1')
      await memory.save()
      clock.advance(4 * minute)
      should(await started().session()).equal('S1')
      should(loginsMs.length).equal(1)
    })

    it('are needed where the session has ended, or was of another secret', async () => {
      await started().session()
      await memory.save()
      clock.advance(6 * minute)
      should(await started().session()).equal('S2')
      await memory.save()
      memory = new SessionMemory(clock, new SessionFiles(folder, () => undefined).of('device'))
      should(await open({ deviceSecret: 'other' }).session()).equal('S3')
    })

    it('are remembered from before they are sent, so that a crash loop never makes EnOS block the device', async () => {
      // Ends each time as soon as the login is sent.
      answer = () => undefined
      let refusals = 0
      for (let count = 0; count < 60; count++) {
        const device = started()
        const sent = arrived()
        const given = device.session().then(
          () => 'session',
          () => 'refused',
        )
        if ((await Promise.race([given, sent])) === 'refused') refusals++
        clock.advance(5_000)
      }
      should(refusals).be.above(45)
      const within = loginsMs.map((ms) => loginsMs.filter((other) => other >= ms && other < ms + 2 * minute).length)
      should(Math.max(...within)).be.belowOrEqual(3)
    })

    it('are counted by the time since the boot, although the PC’s clock was set while Node-RED was stopped', async () => {
      const startedIn = (boot: string) => {
        memory = new SessionMemory(clock, new SessionFiles(folder, () => undefined).of('device'), async () => boot)
        return open()
      }
      answer = (socket) => socket.write(json('500 Oh', { code: 500, msg: 'internal error' }))
      for (let count = 0; count < 3; count++) {
        await failureOf(startedIn('boot').session())
        await memory.save()
      }
      clock.stepWall(10 * minute)
      should(await failureOf(startedIn('boot').session())).match({ code: 'AUTH_LOGIN_LIMIT' })
      should(loginsMs.length).equal(3)
      // Of another boot only the wall clock tells.
      await failureOf(startedIn('another').session())
      should(loginsMs.length).equal(4)
    })

    it('do not forget a block', async () => {
      answer = (socket) => socket.write(blocked)
      await failureOf(started().session())
      await memory.save()
      clock.advance(4 * minute)
      const failure = await failureOf(started().session())
      should(failure).match({ code: 'AUTH_LOGIN_LIMIT', retryAfterMs: minute })
      should(loginsMs.length).equal(1)
    })

    it('leave a file that holds neither the secret nor the session id', async () => {
      answer = (socket) => socket.write(session('3f0c-session-id'))
      await started().session()
      await memory.save()
      const content = await readFile(await file(), 'utf8')
      should(content).not.match(/ds54321|session-id/)
      should(content).not.containEql(Buffer.from('3f0c-session-id').toString('base64').slice(0, 12))
    })

    itWhere(!isWindows, 'Windows knows no modes of files')('leave a file that only its owner may read', async () => {
      answer = (socket) => socket.write(session('3f0c-session-id'))
      await started().session()
      await memory.save()
      should((await stat(await file())).mode & 0o777).equal(0o600)
      should((await stat(folder)).mode & 0o777).equal(0o700)
    })

    for (const [title, content] of [
      ['empty', ''],
      ['no JSON', '{"version":1,'],
      ['of another kind', '{"version":1,"loginsMs":"x","session":{"sealed":"AAAA","untilMs":9e99}}'],
    ] as const) {
      it(`begin anew where the file is ${title}`, async () => {
        await started().session()
        await memory.save()
        await writeFile(await file(), content)
        should(await started().session()).equal('S2')
      })
    }

    it('count as just made where the clock was set back', async () => {
      answer = (socket) => socket.write(refused)
      for (let count = 0; count < 3; count++) {
        await failureOf(started().session())
        await memory.save()
      }
      clock.stepWall(-1_000 * minute)
      const failure = await failureOf(started().session())
      should(failure).match({ code: 'AUTH_LOGIN_LIMIT', retryAfterMs: 2 * minute })
    })

    it('go on where the folder cannot be written, which is told once', async () => {
      await writeFile(folder, 'no folder')
      const device = started()
      should(await device.session()).equal('S1')
      await memory.save()
      should(failures.length).equal(1)
    })
  })
})
