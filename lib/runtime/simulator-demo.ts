import type { NodeAPI } from 'node-red'
import { demoEnos, demoThingPlus } from '../simulator'
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
    return { url, port, isOfNode, settings: demoSettings(url) }
  })
}

/** Source: docs/protocol/enos.md §5.5. */
const modelUploadPath = '/dm-bff/rest/model/batchImportModels'

/** As the dialogs of the configurations name them. */
function demoSettings(url: string) {
  const [app] = demoEnos.apps
  const [device] = demoEnos.devices
  const { user, client } = demoThingPlus
  return {
    'enos-app': { ...app, gatewayUrl: url, integrationUrl: url, modelUploadUrl: `${url}${modelUploadPath}` },
    'enos-device': {
      brokerUrl: url,
      productKey: device?.productKey,
      deviceKey: device?.deviceKey,
      deviceSecret: device?.deviceSecret,
    },
    'thingplus-client': {
      baseUrl: `${url}/v2`,
      clientId: client.id,
      clientSecret: client.clientSecret,
      userName: user.loginId,
      password: user.password,
    },
  }
}
