import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { declarationOf } from '../declared'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'
import { dialogs, everyNode } from './every-node'
import { faultsOfDialog } from './looks'

/** The matrix has time for every language, and takes pictures, to be looked at by a person. */
const isWhole = process.env['LOOKS'] === 'all'
const languages = isWhole ? readdirSync(join(packageRoot, 'nodes', 'locales')) : ['en-US']
const widths = [500, 340]

describe('Every dialog', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let pictures: string | undefined
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy(await everyNode(simulator.url, {}))
    const { version } = (await nodeRed.json('/settings')) as { version: string }
    if (isWhole) pictures = join(packageRoot, '.artefacts', 'dialogs', `node-red-${version}`)
  })
  after(async () => {
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  for (const language of languages) {
    describe(`in ${language}`, () => {
      let browser: Browser
      let editor: Editor
      before(async () => {
        browser = await launchBrowser()
        editor = await openEditor(browser, nodeRed.url, { language, colorScheme: 'auto' })
        // So high that no dialog has to be scrolled to be seen.
        await editor.page.setViewportSize({ width: 1400, height: 2600 })
      })
      after(() => browser?.close())
      afterEach(() => editor.cancelAll())

      for (const dialog of dialogs) {
        it(`shows all of ${dialog.type} to eye, keyboard and axe, at each width, in each theme`, async () => {
          const folder = pictures && join(pictures, language)
          const { faults, shown } = await faultsOfDialog(editor, dialog, {
            widths,
            ...(folder && { pictures: folder }),
          })
          should(faults).be.empty()
          const declared = Object.keys(declarationOf(dialog.type)?.settings.fields ?? {})
          should(declared.filter((name) => !shown.has(name))).be.empty()
          should(editor.errors.splice(0)).be.empty()
        })
      }
    })
  }
})
