import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs a script of this folder in a process of its own and gives what it printed. */
export async function runScript<Result>(script: string, input: object): Promise<Result> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, script), JSON.stringify(input)])
  return JSON.parse(stdout) as Result
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

  /** @param devices sub-devices `d0`, `d1` … behind the demo device */
  static async start(devices: number): Promise<SimulatorProcess> {
    const child = fork(join(__dirname, 'simulator.cjs'), [String(devices)], { execArgv: simulatorFlags })
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    return new SimulatorProcess(child, url)
  }

  /** Points accepted since the start. */
  accepted(): Promise<number> {
    return this.#ask('accepted')
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
