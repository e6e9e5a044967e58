import { parseArgs } from 'node:util'
import { InvalidInput } from './checked-input'
import { type Fault, parseFaults } from './faults'
import { readJson } from './json'
import { readSeedFile } from './seed'
import { startSimulator } from './simulator'

const usage = `Usage: npm run simulator -- [--port 1881] [--seed FILE.json] [--fault FAULT]... [--option CLOUD.NAME=VALUE]...

  --port    the port on 127.0.0.1; 0 takes a free one
  --seed    apps, devices, models, users ... to start with
  --fault   a kind with its settings: throttled,path=/topic,times=3  or JSON: {"kind":"slow","delayMs":2000}
  --option  how a cloud behaves where its documents are silent: enos.tokenLifeSeconds=60`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '1881' },
      seed: { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      option: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new InvalidInput(`--port ${values.port} is not a port`)
  const simulator = await startSimulator({
    port,
    ...(values.seed !== undefined && { seed: readSeedFile(values.seed) }),
    faults: parseFaults(values.fault.map(faultOf)),
    ...optionsOf(values.option),
  })
  const end = () => void simulator.close()
  process.once('SIGINT', end).once('SIGTERM', end)
  console.log(`The simulator listens on ${simulator.url}; what it holds: ${simulator.url}/_simulator/state`)
}

function faultOf(text: string): Fault {
  if (text.startsWith('{')) return jsonOf(text, '--fault') as Fault
  const [kind, ...settings] = text.split(',')
  return { kind, ...Object.fromEntries(settings.map((setting) => nameAndValue(setting, '--fault'))) } as Fault
}

/** `enos.tokenLifeSeconds=60` to `{ enos: { tokenLifeSeconds: 60 } }`. */
function optionsOf(texts: readonly string[]): Record<string, Record<string, unknown>> {
  const options: Record<string, Record<string, unknown>> = { enos: {}, thingplus: {} }
  for (const text of texts) {
    const [path, value] = nameAndValue(text, '--option')
    const [cloud = '', name = ''] = path.split('.')
    const cloudOptions = options[cloud]
    if (!cloudOptions) throw new InvalidInput(`--option ${text}: the clouds are ${Object.keys(options).join(', ')}`)
    cloudOptions[name] = value
  }
  return options
}

function nameAndValue(text: string, option: string): [string, unknown] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidInput(`${option}: ${text} is not NAME=VALUE`)
  const value = text.slice(equals + 1)
  return [text.slice(0, equals), /^[-\d[{"]|^(true|false|null)$/.test(value) ? jsonOf(value, option) : value]
}

function jsonOf(text: string, option: string): unknown {
  try {
    return readJson(text)
  } catch {
    throw new InvalidInput(`${option}: ${text} is not JSON`)
  }
}

main().catch((error: Error & { code?: string }) => {
  console.error(error.code === 'EADDRINUSE' ? 'The port is in use; choose another with --port' : error.message)
  process.exitCode = 1
})
