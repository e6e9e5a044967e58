import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs a script of this folder in a process of its own and gives what it printed. */
export async function runScript<Result>(script: string, input: object): Promise<Result> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, script), JSON.stringify(input)])
  return JSON.parse(stdout) as Result
}

/** A script that works until it is let go. */
export interface StartedScript<Begun> {
  /** What it said when it had begun. */
  begun: Begun
  end(): Promise<void>
}

/** Starts a script of this folder; resolves when it says that it has begun. */
export async function startScript<Begun>(script: string, input: object = {}): Promise<StartedScript<Begun>> {
  const child = fork(join(__dirname, script), [JSON.stringify(input)])
  const exited = once(child, 'exit')
  const begun = (await firstMessage(child, script)) as Begun
  return {
    begun,
    async end() {
      if (child.connected) child.disconnect()
      const [code] = await exited
      if (code !== 0) throw new Error(`${script} ended with ${code}`)
    },
  }
}

async function firstMessage(child: ChildProcess, script: string): Promise<unknown> {
  const ending = new AbortController()
  const failing = once(child, 'exit', ending).then(([code]) =>
    Promise.reject(new Error(`${script} ended with ${code}`)),
  )
  const [message] = (await Promise.race([once(child, 'message'), failing])) as unknown[]
  failing.catch(() => undefined)
  ending.abort()
  return message
}

/** What a simulator knows beside the demo data. */
export interface SimulatedWorld {
  /** Sub-devices `d0`, `d1` … behind the demo device. */
  devices?: number
  /** Devices of a strict model by themselves: `fleet-0` … and `fleet-bad-0` … */
  fleets?: readonly { fleet: string; good: number; bad: number }[]
  faults?: readonly object[]
}

/** Seldom collects garbage, and in its own turn only: what it takes of the two cores is not to be had for what is measured. */
const simulatorFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64', '--single-threaded-gc']

/** The project's simulator as a process of its own. */
export class SimulatorProcess {
  readonly #child: ChildProcess
  #asked = 0

  private constructor(
    child: ChildProcess,
    readonly url: string,
  ) {
    this.#child = child
    child.setMaxListeners(0)
  }

  static async start(world: SimulatedWorld): Promise<SimulatorProcess> {
    const child = fork(join(__dirname, 'simulator.cjs'), [JSON.stringify(world)], { execArgv: simulatorFlags })
    const { url } = (await firstMessage(child, 'simulator.cjs')) as { url: string }
    return new SimulatorProcess(child, url)
  }

  /** Points accepted since the start. */
  accepted(): Promise<number> {
    return this.#ask('accepted')
  }

  /** Points accepted of the good devices of a fleet. */
  acceptedOf(fleet: string): Promise<number> {
    return this.#ask('acceptedOf', { fleet })
  }

  /** When so many points since the start were accepted, Unix ms. */
  until(points: number): Promise<number> {
    return this.#ask('until', { points })
  }

  /** CPU time since the last call, ms. */
  cpuMs(): Promise<number> {
    return this.#ask('cpuMs')
  }

  /** How much later it answers devices from now on. */
  latency(delayMs: number): Promise<void> {
    return this.#ask('faults', { faults: delayMs > 0 ? [{ kind: 'slow', delayMs, path: '/topic/' }] : [] })
  }

  /** Whether devices are answered with an error of the server from now on. */
  breakDown(isDown: boolean): Promise<void> {
    return this.#ask('faults', { faults: isDown ? [{ kind: 'server-error', path: '/topic/' }] : [] })
  }

  async close(): Promise<void> {
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }

  #ask<Result>(task: string, input: object = {}): Promise<Result> {
    const id = this.#asked++
    return new Promise((resolve) => {
      const listen = (answer: { id: number; result: Result }) => {
        if (answer.id !== id) return
        this.#child.off('message', listen)
        resolve(answer.result)
      }
      this.#child.on('message', listen)
      this.#child.send({ id, task, ...input })
    })
  }
}
