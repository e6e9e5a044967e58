import { startSimulator } from '../../lib/simulator'
import { startNodeRed } from '../runtime/node-red'
import { installPackedPackage } from '../runtime/packed-package'
import { launchBrowser } from './browser'
import { type Editor, openEditor } from './editor'
import { everyNode } from './every-node'

/** An editor with a node of every type, beside a simulator. */
export interface DialogScene {
  editor: Editor
  close(): Promise<void>
}

/** @param credentials of the configurations, by their ids */
export async function openDialogScene(credentials: Readonly<Record<string, object>>): Promise<DialogScene> {
  const ends: (() => unknown)[] = []
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const installed = await installPackedPackage()
    ends.push(() => installed.remove())
    const simulator = await startSimulator({ port: 0 })
    ends.push(() => simulator.close())
    const nodeRed = await startNodeRed(installed.userDir)
    ends.push(() => nodeRed.stop())
    await nodeRed.deploy(await everyNode(simulator.url, credentials))
    const browser = await launchBrowser()
    ends.push(() => browser.close())
    return { editor: await openEditor(browser, nodeRed.url), close }
  } catch (failure) {
    await close()
    throw failure
  }
}
