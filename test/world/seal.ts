import * as filesystem from 'node:fs/promises'
import Module from 'node:module'
import { Unrest, type WorldClock } from './clock'
import type { VirtualFiles } from './files'
import type { Network } from './network'
import { SimulatedAgent } from './wire'

/** What stands in for the time, the files and the network of this process while a world runs. */
export interface Outside {
  readonly clock: WorldClock
  readonly files: VirtualFiles
  readonly network: Network
  readonly random: () => number
}

const realImmediate = setImmediate
/** More in one moment is a circle. */
const mostImmediates = 30_000
const pidInWorld = 1

/**
 * Cuts this process off from everything that a seed does not determine: clocks, timers, chance, files, network and process
 * of the product are the world's. For a process of its own, before the product is loaded; it can't be undone.
 */
export class Seal {
  #outside: Outside | undefined
  #immediates = 0
  #sinceMoment = 0

  constructor() {
    this.#replaceTimers()
    this.#replaceClocks()
    this.#replaceFiles()
    this.#replaceNetwork()
    this.#replaceProcess()
  }

  enter(outside: Outside): void {
    this.#outside = outside
    this.#sinceMoment = 0
  }

  /** Between two worlds the process has its own clock. */
  leave(): void {
    this.#outside = undefined
  }

  /** Resolves when all promises and immediates have had their turns. */
  over = async (): Promise<void> => {
    this.#sinceMoment = 0
    do {
      await new Promise<void>((resolve) => realImmediate(resolve))
      if (this.#sinceMoment > mostImmediates) throw new Unrest('the process goes in circles: it never comes to rest')
    } while (this.#immediates > 0)
  }

  #require(): Outside {
    if (!this.#outside) throw new Error('there is no world yet')
    return this.#outside
  }

  #replaceTimers(): void {
    const immediate = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      if (!this.#outside) return realImmediate(callback, ...args)
      const { clock } = this.#outside
      const { life } = clock
      const handle = { isCleared: false }
      this.#immediates++
      this.#sinceMoment++
      realImmediate(() => {
        this.#immediates--
        if (!handle.isCleared && clock.life === life) callback(...args)
      })
      return handle
    }
    const timeout = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      new SealedTimer(this.#require().clock, () => callback(...args), Math.max(1, delayMs), false)
    const interval = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      new SealedTimer(this.#require().clock, () => callback(...args), Math.max(1, delayMs), true)
    const clear = (timer: unknown) => {
      if (timer instanceof SealedTimer) timer.close()
    }
    const clearOf = (handle: unknown) => {
      if (typeof handle === 'object' && handle !== null) Object.assign(handle, { isCleared: true })
    }
    Object.assign(globalThis, {
      setImmediate: immediate,
      clearImmediate: clearOf,
      setTimeout: timeout,
      setInterval: interval,
      clearTimeout: clear,
      clearInterval: clear,
    })
  }

  #replaceClocks(): void {
    const { now } = Date
    const { random } = Math
    const real = performance.now.bind(performance)
    Date.now = () => this.#outside?.clock.wallMs() ?? now()
    performance.now = () => this.#outside?.clock.monotonicMs() ?? real()
    const { hrtime } = process
    const nanoseconds = hrtime.bigint.bind(hrtime)
    const sealed = () => this.#outside && BigInt(Math.round(this.#outside.clock.monotonicMs() * 1e6))
    hrtime.bigint = () => sealed() ?? nanoseconds()
    Math.random = () => this.#outside?.random() ?? random()
  }

  /** Node-RED has the same number at every start, as in a container, and no other process has one. */
  #replaceProcess(): void {
    const { pid } = process
    const kill = process.kill.bind(process)
    Object.defineProperty(process, 'pid', { get: () => (this.#outside ? pidInWorld : pid) })
    process.kill = (other, signal) => {
      if (!this.#outside) return kill(other, signal)
      if (other === pidInWorld && signal === 0) return true
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' })
    }
  }

  /** What is not there throws. */
  #replaceFiles(): void {
    const names = Object.entries(filesystem).filter(([, member]) => typeof member === 'function')
    const replaced = Object.fromEntries(
      names.map(([name, real]) => [
        name,
        (...args: unknown[]) => {
          if (!this.#outside) return (real as (...given: unknown[]) => unknown)(...args)
          const { files } = this.#outside
          const stand = (files as unknown as Record<string, ((...given: unknown[]) => unknown) | undefined>)[name]
          if (!stand) throw new Error(`the world has no ${name}`)
          return stand.apply(files, args)
        },
      ]),
    )
    Object.assign(require('node:fs/promises'), replaced)
  }

  /** In the place of the HTTP library: all above it is the product's own. */
  #replaceNetwork(): void {
    const outside = () => this.#require()
    class Agent extends SimulatedAgent {
      constructor() {
        const { clock, network } = outside()
        super(network, clock)
      }
    }
    const path = require.resolve('undici')
    const library = new Module(path)
    library.loaded = true
    library.exports = { Agent, buildConnector: () => () => undefined }
    require.cache[path] = library
  }
}

/** What `setTimeout` answers in Node.js, as far as the product knows it. */
class SealedTimer {
  #cancel: () => void = () => undefined

  constructor(
    private readonly clock: WorldClock,
    private readonly callback: () => void,
    private readonly delayMs: number,
    private readonly repeats: boolean,
  ) {
    this.#start()
  }

  ref = (): this => this
  unref = (): this => this
  hasRef = (): boolean => true
  refresh = (): this => {
    this.close()
    this.#start()
    return this
  }
  close(): void {
    this.#cancel()
  }
  [Symbol.toPrimitive] = (): number => 0

  #start(): void {
    this.#cancel = this.clock.setTimeout(() => {
      if (this.repeats) this.#start()
      this.callback()
    }, this.delayMs)
  }
}
