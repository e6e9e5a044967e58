import type { Browser } from 'playwright-core'
import should from 'should'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { launchBrowser } from './browser'
import { type Editor, openEditor } from './editor'

interface EditorWindow {
  RED: {
    actions: { invoke(name: string): void }
    nodes: { filterNodes(filter: { type: string }): { id: string }[] }
  }
}

describe('The palette and the import menu in a browser', function () {
  this.timeout(180_000)
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

  it('offer the examples in folders, first steps first, and bring a chosen one onto a tab of its own', async () => {
    await editor.page.evaluate(() =>
      (globalThis as unknown as EditorWindow).RED.actions.invoke('core:show-examples-import-dialog'),
    )
    const labels = editor.page.locator('#red-ui-clipboard-dialog-import-tab-examples .red-ui-treeList-label:visible')
    const open = (label: string) => labels.filter({ hasText: label }).last().click()
    await open('@edgecourier/node-red-enos-thingplus')
    await labels.filter({ hasText: '4 Plant patterns' }).waitFor()
    const folders = (await labels.allInnerTexts()).map((label) => label.trim()).filter((label) => /^\d /.test(label))
    should(folders).deepEqual(['1 First steps', '2 EnOS', '3 Thing+', '4 Plant patterns'])
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
})
