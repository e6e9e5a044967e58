import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureAll } from './bench'
import { table } from './figure'
import { sizes } from './sizes'

/** Prints each figure as soon as it is there, then the table; writes `result.json` beside this file. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } })
  const only = values.only?.split(',')
  const results = await measureAll({ sizes, ...(only ? { only } : {}), tell: (text) => console.error(text) })
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.platform} ${process.arch}`
  const { version } = require('node-red/package.json') as { version: string }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim()
  const about = { machine, node: process.version, nodeRed: version, commit, at: new Date().toISOString(), sizes }
  writeFileSync(join(__dirname, 'result.json'), `${JSON.stringify({ about, results }, null, 2)}\n`)
  console.log(`${machine}, Node.js ${process.version}, Node-RED ${version}, ${commit}\n`)
  console.log(table(results))
  const missed = results.filter(({ isMet }) => isMet === false).length
  console.log(`\n${results.filter(({ isMet }) => isMet).length} goals met, ${missed} not met.`)
}

void main()
