import type { NodeAPI } from 'node-red'
import { adminPost } from './admin'
import { formPermission } from './form-values'
import { runtimeState } from './runtime-state'
import { joinDemo } from './shared-simulator'

/** For how long a simulator runs that a dialog asked for, until a node runs it. */
const keptForMs = 15 * 60_000

/** What a dialog keeps running. */
interface Kept {
  leave: () => void
  ending: NodeJS.Timeout
}

/**
 * `POST edgecourier/simulator`: has a simulator with the demo data run on this PC for a quarter of an hour, be it that of a
 * node. Answers `{ url, port, isOfNode, settings }`: the settings of its demo accounts, secrets included, by the type of the
 * configuration. Nothing in them is a secret: everybody can read them in the simulator's documentation.
 */
export function serveDemo(RED: NodeAPI): void {
  adminPost(RED, '/simulator', formPermission, async () => {
    const { simulator, isOfNode, leave } = await joinDemo(RED)
    const kept = runtimeState(RED, 'simulators of dialogs', () => new Map<number, Kept>())
    const { port, url } = simulator
    const former = kept.get(port)
    const ending = setTimeout(() => {
      kept.delete(port)
      leave()
    }, keptForMs).unref()
    kept.set(port, { leave, ending })
    clearTimeout(former?.ending)
    former?.leave()
    const settings = Object.fromEntries(simulator.look().accounts.map((account) => [account.type, account.settings]))
    return { url, port, isOfNode, settings }
  })
}
