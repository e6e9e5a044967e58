// `npm start`: Node-RED with this package, a user directory of its own, and the demo flow on first start.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const userDir = join(root, '.run')
const port = portOf('PORT', 1880)
const simulatorPort = portOf('SIMULATOR_PORT', 1881)
const editorUrl = `http://127.0.0.1:${port}`
const simulatorUrl = `http://127.0.0.1:${simulatorPort}`

if (port === simulatorPort) {
  console.error(`PORT and SIMULATOR_PORT are both ${port}. Choose another for one of them.`)
  process.exit(1)
}
for (const [name, wanted] of [
  ['PORT', port],
  ['SIMULATOR_PORT', simulatorPort],
]) {
  if (!(await isFree(wanted))) {
    console.error(`Port ${wanted} is taken. Choose another: ${name}=${wanted + 10} npm start`)
    process.exit(1)
  }
}

prepareUserDir()
const nodeRed = spawn(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('node-red/red.js'),
    '--userDir',
    userDir,
    '--settings',
    join(userDir, 'settings.js'),
  ],
  {
    env: {
      ...process.env,
      SIMULATOR_PORT: String(simulatorPort),
      SIMULATOR_URL: simulatorUrl,
      THINGPLUS_URL: `${simulatorUrl}/v2`,
      MEASUREMENTS_CSV: process.env.MEASUREMENTS_CSV || join(root, 'demo/machine_temperature.csv'),
      AMBIENT_CSV: process.env.AMBIENT_CSV || join(root, 'demo/ambient_temperature.csv'),
      THING_MODEL: process.env.THING_MODEL || join(root, 'demo/model_DemoPump.json'),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
let isStopping = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopping = true
    nodeRed.kill('SIGTERM')
    setTimeout(() => nodeRed.kill('SIGKILL'), 10_000).unref()
  })
}
nodeRed.on('exit', (code) => {
  console.log(isStopping ? 'Stopped.' : `Node-RED ended by itself (code ${code}).`)
  process.exit(isStopping ? 0 : code || 1)
})

await untilAnswering(`${editorUrl}/flows`)
await deployDemoOnFirstStart()
console.log(`
  Editor     ${editorUrl}
  Simulator  ${simulatorUrl}   (EnOS and Thing+, played on this PC: what arrives, and switches for faults)

  Open both and watch the machine data arrive, a value a second. "take the cloud down" in the editor shows what an outbox is for.
  The tab "Your first value" leads to one of your own.
  Ctrl-C ends it.
`)
await reportArrivals()

function portOf(name, usual) {
  const wanted = Number(process.env[name] || usual)
  if (Number.isInteger(wanted) && wanted > 0 && wanted < 65_536) return wanted
  console.error(`${name}=${process.env[name]} is not a port. Give a number from 1 to 65535.`)
  process.exit(1)
}

function isFree(wanted) {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .once('listening', () => probe.close(() => resolve(true)))
      .listen(wanted, '127.0.0.1')
  })
}

function prepareUserDir() {
  const packageName = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name
  const link = join(userDir, 'node_modules', packageName)
  mkdirSync(dirname(link), { recursive: true })
  // Made anew each time: the folder may have been moved or copied since the last start.
  rmSync(link, { force: true })
  symlinkSync(root, link, 'junction')
  const secretFile = join(userDir, 'credential-secret')
  if (!existsSync(secretFile)) writeFileSync(secretFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: readFileSync(secretFile, 'utf8'),
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    logging: { console: { level: 'warn' } },
  }
  writeFileSync(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings, null, 2)}\n`, {
    mode: 0o600,
  })
}

async function deployDemoOnFirstStart() {
  if (existsSync(join(userDir, 'flows.json'))) return
  const answer = await fetch(`${editorUrl}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: readFileSync(join(root, 'demo/flows.json'), 'utf8'),
  })
  if (!answer.ok) throw new Error(`The demo flow could not be deployed: ${await answer.text()}`)
}

async function untilAnswering(url) {
  for (let tries = 0; tries < 240; tries++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await pause(250)
  }
  throw new Error(`Node-RED did not start within a minute; see the messages above.`)
}

/** Says what has arrived so far: as soon as all of the history is there, which takes seconds, then once a minute. */
async function reportArrivals() {
  let before = 0
  let reportAtMs = Date.now() + 5_000
  while (!isStopping) {
    await pause(1_000)
    if (Date.now() < reportAtMs) continue
    const state = await fetch(`${simulatorUrl}/_simulator/state`)
      .then((answer) => answer.json())
      .catch(() => undefined)
    if (!state) continue
    const { enos, thingplus } = state
    const arrived = enos.pointsAccepted + thingplus.valuesAccepted
    if (arrived === before) continue
    before = arrived
    reportAtMs = Date.now() + 60_000
    console.log(`  EnOS accepted ${enos.pointsAccepted} points, holds ${enos.models.length} thing models`)
    console.log(
      `  Thing+ accepted ${thingplus.valuesAccepted} values (gateways: ${thingplus.gateways.length}, sensors: ${thingplus.sensors.length})`,
    )
  }
}
