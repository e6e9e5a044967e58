import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import should from 'should'
import { freePort } from '../ports'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { launchBrowser, needsBrowser } from './browser'
import { type Editor, openEditor } from './editor'

const examples = join(packageRoot, 'examples')

interface EditorWindow {
  RED: {
    actions: { invoke(name: string): void }
    view: { importNodes(nodes: object[], options: { generateIds: boolean; touchImport: boolean }): void }
    nodes: {
      filterNodes(filter: {
        type?: string
      }): { id: string; type: string; valid?: boolean; port?: string; _orig?: { type: string } }[]
      eachConfig(visit: (configuration: { type: string; brokerUrl?: string }) => boolean): void
    }
  }
}

describe('The palette and the import menu in a browser', function () {
  needsBrowser(this)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor
  before(async () => {
    installed = await installPackedPackage()
    nodeRed = await startNodeRed(installed.userDir)
    await nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'plant' }])
    browser = await launchBrowser()
    editor = await openEditor(browser, nodeRed.url)
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.stop()
    installed?.remove()
  })

  it('tell in a tooltip what a node does', async () => {
    await editor.page.fill('.red-ui-palette-search input', 'thingplus-send-status')
    await editor.page.hover('.red-ui-palette-node[data-palette-type="thingplus-send-status"]')
    const tooltip = editor.page.locator('.red-ui-popover:visible')
    await tooltip.waitFor()
    should(await tooltip.innerText()).match(
      /^Thing\+ send status\s+Tells Thing\+ that a gateway and its sensors are on, off or in error\.\s+@edgecourier/,
    )
    await editor.page.mouse.move(700, 400)
    await editor.page.fill('.red-ui-palette-search input', '')
  })

  it('call the clouds by their names', async () => {
    const headers = editor.page.locator('.red-ui-palette-header')
    should(await headers.allTextContents()).containDeep(['EnOS', 'Thing+'])
  })

  it('offer the examples in folders, first steps first, and bring a chosen one onto a tab of its own', async () => {
    await editor.page.evaluate(() =>
      (globalThis as unknown as EditorWindow).RED.actions.invoke('core:show-examples-import-dialog'),
    )
    const labels = editor.page.locator('#red-ui-clipboard-dialog-import-tab-examples .red-ui-treeList-label:visible')
    const open = (label: string) => labels.filter({ hasText: label }).last().click()
    await open('@edgecourier/node-red-enos-thingplus')
    await labels.filter({ hasText: '4 Plant patterns' }).waitFor()
    const folders = (await labels.allInnerTexts()).map((label) => label.trim()).filter((label) => /^\d /.test(label))
    should(folders).deepEqual(['1 First steps', '2 EnOS', '3 Thing+', '4 Plant patterns', '5 Machines'])
    await open('1 First steps')
    await labels.filter({ hasText: 'EnOS, the first value' }).waitFor()
    const files = (await labels.allInnerTexts()).map((label) => label.trim()).filter((label) => /^\d /.test(label))
    should(files.slice(0, 4)).deepEqual([
      '1 First steps',
      '1 EnOS, the first value',
      '2 Thing+, the first value',
      '3 Practise faults',
    ])
    await open('EnOS, the first value')
    await editor.page.click('#red-ui-clipboard-dialog-ok')
    await editor.page.locator('.red-ui-tab-label', { hasText: 'EnOS: first value' }).first().waitFor()
    should(editor.errors).be.empty()
  })

  it('bring the first example, which is green and shows its receipt after *Deploy* and one press', async () => {
    const port = String(await freePort())
    // A port that nobody has while the tests run.
    await editor.page.evaluate((free) => {
      const { filterNodes, eachConfig } = (globalThis as unknown as EditorWindow).RED.nodes
      for (const simulator of filterNodes({ type: 'cloud-simulator' })) simulator.port = free
      eachConfig((configuration) => {
        if (configuration.type === 'enos-device') configuration.brokerUrl = `http://127.0.0.1:${free}`
        return true
      })
    }, port)
    await editor.deploy()
    await editor.page.locator('.red-ui-tab-label', { hasText: 'EnOS: first value' }).first().click()
    await editor.untilStatus('no values yet')
    await editor.press()
    await editor.untilStatus('1 point')
    await editor.page.evaluate(() => (globalThis as unknown as EditorWindow).RED.actions.invoke('core:show-debug-tab'))
    await editor.page.locator('.red-ui-debug-msg', { hasText: 'accepted' }).first().waitFor()
    should(editor.errors).be.empty()
  })

  it('give a field that may stay empty a hint of what is taken then', async () => {
    await editor.edit(
      await editor.page.evaluate(
        () =>
          (globalThis as unknown as EditorWindow).RED.nodes.filterNodes({ type: 'enos-post-measurepoint' })[0]?.id ??
          '',
      ),
    )
    await editor.page.selectOption('#node-input-channel', 'integration')
    const assetId = editor.page.locator('#node-input-assetId + .red-ui-typedInput-container .red-ui-typedInput-input')
    should(await assetId.getAttribute('placeholder')).equal('empty: as each entry says')
    await editor.cancel()
  })

  for (const folder of readdirSync(examples)) {
    it(`bring every example of "${folder}" onto a tab, with no node unknown or lacking a setting`, async () => {
      for (const file of readdirSync(join(examples, folder))) {
        const text = readFileSync(join(examples, folder, file), 'utf8')
        // As the import dialog does: by the dialog, each of them takes seconds.
        await editor.page.evaluate((nodes) => {
          const { view } = (globalThis as unknown as EditorWindow).RED
          view.importNodes(JSON.parse(nodes), { generateIds: true, touchImport: true })
        }, text)
        const label = (JSON.parse(text) as { label?: string }[])[0]?.label ?? ''
        await editor.page.locator('.red-ui-tab-label', { hasText: label }).last().waitFor()
      }
      const faulty = await editor.page.evaluate(() => {
        const { filterNodes } = (globalThis as unknown as EditorWindow).RED.nodes
        return filterNodes({})
          .filter(({ type, valid }) => type === 'unknown' || valid === false)
          .map(({ id, type, _orig }) => `${_orig?.type ?? type} ${id}`)
      })
      // The comment in the example says which package brings these.
      const ofOthers = /^(modbus|OpcUa)-/
      should(faulty.filter((one) => !ofOthers.test(one))).be.empty()
      should(editor.errors).be.empty()
    })
  }
})
