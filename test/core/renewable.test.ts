import { getEventListeners } from 'node:events'
import 'should'
import { Renewable } from '../../lib/core'
import { SetClock } from '../http/set-clock'

describe('A renewable credential', () => {
  const life = { renewAfterMs: 80, expiresAfterMs: 100 }
  let clock: SetClock
  let obtained: (string | undefined)[]
  let answer: () => Promise<string>
  let credential: Renewable<string>
  beforeEach(() => {
    clock = new SetClock()
    obtained = []
    answer = async () => `value ${obtained.length}`
    credential = new Renewable(async (current) => {
      obtained.push(current)
      return { value: await answer(), ...life }
    }, clock)
  })

  it('is obtained once, however many ask', async () => {
    const values = await Promise.all(Array.from({ length: 50 }, () => credential.get()))
    new Set(values).size.should.equal(1)
    obtained.should.deepEqual([undefined])
  })

  it('is renewed before it ends, knowing the old value', async () => {
    await credential.get()
    clock.advance(79)
    ;(await credential.get()).should.equal('value 1')
    clock.advance(1)
    ;(await credential.get()).should.equal('value 2')
    obtained.should.deepEqual([undefined, 'value 1'])
  })

  it('is obtained anew after its end, without the old value', async () => {
    await credential.get()
    clock.advance(100)
    ;(await credential.get()).should.equal('value 2')
    obtained.should.deepEqual([undefined, undefined])
  })

  it('serves to its end when the renewal fails, and the renewal is not tried at every call', async () => {
    await credential.get()
    clock.advance(80)
    answer = () => Promise.reject(new Error('offline'))
    ;(await credential.get()).should.equal('value 1')
    ;(await credential.get()).should.equal('value 1')
    obtained.length.should.equal(2)
    clock.advance(20)
    await credential.get().should.be.rejectedWith('offline')
  })

  it('is dropped only by who holds the present value', async () => {
    const first = await credential.get()
    credential.drop(first)
    const second = await credential.get()
    credential.drop(first)
    ;(await credential.get()).should.equal(second)
  })

  it('lives on from the last success', async () => {
    const value = await credential.get()
    clock.advance(70)
    credential.extend({ value, ...life })
    clock.advance(79)
    ;(await credential.get()).should.equal(value)
  })

  it('lets thousands wait with one listener on the signal that they share', async () => {
    let release: (value: string) => void = () => undefined
    answer = () => new Promise((resolve) => (release = resolve))
    const { signal } = new AbortController()
    const waiting = Array.from({ length: 3_000 }, () => credential.get(signal))
    await Promise.resolve()
    getEventListeners(signal, 'abort').length.should.equal(1)
    release('kept')
    new Set(await Promise.all(waiting)).should.deepEqual(new Set(['kept']))
    getEventListeners(signal, 'abort').should.be.empty()
  })

  it('tells everybody who waits when it is closed, and leaves the outcome to whoever obtains it', async () => {
    let release: (value: string) => void = () => undefined
    answer = () => new Promise((resolve) => (release = resolve))
    const waiting = Array.from({ length: 3 }, () => credential.get())
    credential.close()
    for (const outcome of await Promise.allSettled(waiting))
      outcome.should.match({ status: 'rejected', reason: { code: 'ABORTED' } })
    release('late')
    await credential.get().should.be.rejectedWith({ code: 'ABORTED' })
  })

  it('lets one caller leave without harm to the others', async () => {
    let release: (value: string) => void = () => undefined
    answer = () => new Promise((resolve) => (release = resolve))
    const leaving = new AbortController()
    const left = credential.get(leaving.signal)
    const stayed = credential.get()
    leaving.abort()
    await left.should.be.rejectedWith({ code: 'ABORTED' })
    release('kept')
    ;(await stayed).should.equal('kept')
  })
})
