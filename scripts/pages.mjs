// Makes the pages that Node-RED's editor loads, from editor/ and nodes/settings/: for each node type a dialog and the script
// that registers it, and before them the plugin that holds what all share.
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { helpPages } from './help.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const readJson = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'))

const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  charset: 'utf8',
  // As old as the browsers that Node-RED 4.1 supports.
  target: ['chrome111', 'firefox115', 'safari16.4'],
  logLevel: 'warning',
  loader: { '.css': 'text' },
}

/** Types of nodes, in the order in which the package names them. */
export const types = Object.keys(readJson('package.json')['node-red'].nodes)

/** @returns each page by its file's name, `enos-app.html` */
export async function pages() {
  const plugin = await bundled({ entryPoints: ['editor/plugin.ts'], format: 'iife' })
  const shared = await sharedFunctions()
  const { render, dialogs } = await rendering(shared)
  const declared = await declarations()
  const made = new Map([['edgecourier.html', script(plugin)]])
  for (const type of types) {
    const catalogues = { own: catalogueOf(type), shared: catalogueOf('edgecourier') }
    const template = render.templateOf(dialogs[type], catalogues)
    const registration = render.registrationOf(dialogs[type], await pageScript(type, shared, declared))
    made.set(`${type}.html`, `${template}\n\n${registration}\n`)
  }
  return made
}

/** The settings and error codes that each type of node declares. */
export async function declarations() {
  const contents = types.map((type) => `export * as '${type}' from './nodes/settings/${type}'`).join('\n')
  const stdin = { contents, resolveDir: root, loader: 'ts' }
  return importText(await bundled({ stdin, format: 'esm', platform: 'neutral' }))
}

/** The help of each type of node, in each language: by its path below nodes/, `locales/de/enos-app.html`. */
export const help = async () => helpPages(root, await declarations())

/**
 * The part of a page that is not the same in all: its dialog's settings and rows, and what only it does. It sets `page`, and
 * for what the editor calls of a flow node `look`, which are the page's.
 */
async function pageScript(type, shared, declared) {
  const contents = `
    import { dialog } from './editor/nodes/${type}'
    import { chooseOnlyOnes, inputLabel, labelStyle, nodeLabel, outputLabel, pageOf, paletteLabel } from './editor/shared'
    page = pageOf(dialog)
    look = { chooseOnlyOnes, inputLabel, labelStyle, nodeLabel, outputLabel, paletteLabel }`
  const stdin = { contents, resolveDir: root, loader: 'js' }
  const text = await bundled({ stdin, format: 'iife', plugins: [fromPlugin(shared), asData(declared)] })
  return `let page, look\n${text}`
}

/** Settings go into a page as the data that they are, without what makes them. */
const asData = (declared) => ({
  name: 'as-data',
  setup(build) {
    build.onResolve({ filter: /nodes\/settings\// }, ({ path }) => ({ path, namespace: 'declared' }))
    build.onLoad({ filter: /.*/, namespace: 'declared' }, ({ path }) => ({
      contents: `export const settings = ${JSON.stringify(declared[basename(path)].settings)}`,
    }))
  },
})

/** The names of what the plugin gives to pages. */
async function sharedFunctions() {
  const { metafile } = await esbuild.build({
    ...common,
    entryPoints: ['editor/shared/index.ts'],
    format: 'esm',
    outdir: 'none',
    metafile: true,
  })
  return Object.values(metafile.outputs).flatMap((output) => output.exports)
}

/** Renders at build time: what the dialogs do in a browser is not called. */
async function rendering(shared) {
  const contents = [
    `export * as render from './editor/render'`,
    ...types.map((type, index) => `import { dialog as dialog${index} } from './editor/nodes/${type}'`),
    `export const dialogs = { ${types.map((type, index) => `'${type}': dialog${index}`).join(', ')} }`,
  ].join('\n')
  const stdin = { contents, resolveDir: root, loader: 'ts' }
  const text = await bundled({ stdin, format: 'esm', platform: 'neutral', plugins: [fromPlugin(shared)] })
  return importText(text)
}

/**
 * What a page imports of editor/shared it gets from the plugin, when it calls it: so it is loaded once, and whatever Node-RED
 * loads first.
 */
const fromPlugin = (names) => ({
  name: 'from-plugin',
  setup(build) {
    build.onResolve({ filter: /\/shared$/ }, () => ({ path: 'edgecourier', namespace: 'plugin', sideEffects: false }))
    build.onLoad({ filter: /.*/, namespace: 'plugin' }, () => ({
      contents: names
        .map((name) => `export const ${name} = (...given) => RED.plugins.getPlugin('edgecourier').${name}(...given)`)
        .join('\n'),
    }))
  },
})

const importText = (text) => import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)

async function bundled(options) {
  const { outputFiles } = await esbuild.build({ ...common, ...options })
  return outputFiles[0].text
}

const script = (text) => `<script type="text/javascript">\n${text}</script>\n`
const catalogueOf = (name) => {
  try {
    return readJson('nodes', 'locales', 'en-US', `${name}.json`)
  } catch (failure) {
    if (failure.code === 'ENOENT') return {}
    throw failure
  }
}
