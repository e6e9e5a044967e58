// Loads TypeScript as tsx does, but for two things that cost a long run a tenth of its time: a call for the name of each
// function that is made, and a getter for each thing that is imported.
const files = require('node:fs')
const { createRequire, Module } = require('node:module')

const { transformSync } = createRequire(require.resolve('tsx/package.json'))('esbuild')

Module._extensions['.ts'] = (module, path) => {
  // By its name in the module, so that a planted fault is read.
  const source = files.readFileSync(path, 'utf8')
  const options = { loader: 'ts', format: 'cjs', target: 'node20', sourcefile: path, sourcemap: 'inline' }
  const { code } = transformSync(source, { ...options, footer: 'module.exports = { ...module.exports }' })
  module._compile(code, path)
}
