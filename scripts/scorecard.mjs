// `npm run scorecard`: Node-RED's own validation of a package, and npm's audit. Both ask the npm registry; what can't be
// asked is skipped, and says so.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { auditVerdict, mayStayBehind } from './verdicts.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, '.cache', 'scorecard')
const validator = join(folder, 'node_modules/node-red-dev/bin/run')

const faults = [...validate(), ...audit()]
for (const fault of faults) console.error(`FAILED: ${fault}`)
process.exitCode = faults.length > 0 ? 1 : 0

/** The rules of node-red-dev that the package breaks. */
function validate() {
  if (!existsSync(validator)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const { status } = npm(folder, 'install', '--no-audit', '--no-fund', 'node-red-dev@0.1.6')
    if (status !== 0) return skipped('node-red-dev validate', 'the registry does not answer')
  }
  const card = join(folder, 'scorecard.json')
  rmSync(card, { force: true })
  const preload = join(root, 'scripts/empty-catalogue.cjs')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', preload, validator, 'validate', '-p', published(), '-o', card],
    { encoding: 'utf8' },
  )
  console.log(stdout)
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(stderr)) {
    return skipped('node-red-dev validate', 'the registry does not answer')
  }
  if (!existsSync(card)) return [`node-red-dev validate ended without a scorecard: ${stderr}`]
  const { package: _package, ...rules } = JSON.parse(readFileSync(card, 'utf8'))
  if (rules.D03?.packages?.every(isExcused)) rules.D03.test = undefined
  const broken = Object.entries(rules).filter(([, { test }]) => test === false)
  if (broken.length > 0) console.error(stderr)
  return broken.map(([rule]) => `node-red-dev rule ${rule}`)
}

/** Rule D03 wants the latest version of each dependency, whichever Node.js that asks for. */
function isExcused(dependency) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const latestEngines = npm(root, 'view', dependency, 'engines.node').stdout.trim()
  const isBehind = mayStayBehind(latestEngines, engines.node)
  if (isBehind) {
    console.warn(`EXCUSED: D03: the latest ${dependency} wants Node.js ${latestEngines}, the package ${engines.node}`)
  }
  return isBehind
}

/** A folder with what is published, and no dependencies in or above it: so the flow library looks at a package. */
function published() {
  const copy = mkdtempSync(join(tmpdir(), 'edgecourier-'))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const path of [...files, 'README.md', 'LICENSE', 'package.json']) {
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  return copy
}

/** What npm knows to be vulnerable among the production dependencies. */
function audit() {
  const { faults, skipped: reason } = auditVerdict(npm(root, 'audit', '--omit=dev', '--json').stdout)
  if (reason !== undefined) return skipped('npm audit', reason)
  if (faults.length === 0) console.log('✅ npm audit finds nothing in the production dependencies')
  return faults
}

function skipped(what, why) {
  console.warn(`SKIPPED: ${what}: ${why}`)
  return []
}

function npm(cwd, ...command) {
  // On Windows npm is a script, which only a shell starts.
  return spawnSync('npm', command, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })
}
