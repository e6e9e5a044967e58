import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import should from 'should'
import { patienceMs } from '../patience'
import { freePort } from '../ports'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { itWhere } from '../skipping'

const folder = join(packageRoot, 'examples', '5 Machines')

interface Entry {
  timeMs: number
  values: Record<string, unknown>
}

/** What the machines of this test are made of, as far as it is used. */
interface ModbusSerial {
  ServerTCP: new (
    registers: {
      getMultipleHoldingRegisters(
        from: number,
        count: number,
        unit: number,
        done: (error: null, values: number[]) => void,
      ): void
    },
    options: { host: string; port: number; unitID: number },
  ) => { close(done: () => void): void }
}
interface AedesModule {
  Aedes: {
    createBroker(): Promise<{
      handle: (connection: Socket) => void
      once(event: 'subscribe', listener: () => void): void
      publish(packet: object, done: () => void): void
      close(done: () => void): void
    }>
  }
}
interface NodeOpcua {
  OPCUACertificateManager: new (options: { rootFolder: string }) => object
  OPCUAServer: new (
    options: object,
  ) => {
    initialize(): Promise<void>
    start(): Promise<void>
    shutdown(timeoutMs: number): Promise<void>
    engine: {
      addressSpace: {
        rootFolder: { objects: object }
        getOwnNamespace(): { addVariable(options: object): object }
      }
    }
  }
  Variant: new (options: object) => object
  DataType: { Double: number }
}

/** Where node-red-contrib-opcua is, if it is. */
const opcuaFolder = join(packageRoot, 'node_modules', 'node-red-contrib-opcua')
const opcua = existsSync(opcuaFolder) ? join(realpathSync(opcuaFolder), 'package.json') : undefined

describe('The examples of machines', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  let simulatorPort: number
  /** Id of the node whose lane is watched. */
  let post = ''
  before(async () => {
    installed = await installPackedPackage()
    use('node-red-contrib-modbus')
    if (opcua) use('node-red-contrib-opcua')
    // The OPC UA client keeps its certificates there.
    const home = { HOME: installed.userDir, XDG_CONFIG_HOME: installed.userDir }
    nodeRed = await startNodeRed(installed.userDir, { externalModules: {} }, home)
  })
  after(async () => {
    await nodeRed?.stop()
    installed?.remove()
  })

  /** Has Node-RED find a package that is installed here. */
  function use(name: string): void {
    const link = join(installed.userDir, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    if (!existsSync(link)) symlinkSync(join(packageRoot, 'node_modules', name), link, 'junction')
  }

  /** Deploys an example, with the simulator and the machine on ports of this test. */
  async function deploy(name: string, machine: readonly [type: string, setting: string, value: string]): Promise<void> {
    simulatorPort = await freePort()
    const [type, setting, value] = machine
    const nodes = (JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Record<string, unknown>[]).map(
      (node) => {
        if (node['type'] === 'cloud-simulator') return { ...node, port: String(simulatorPort) }
        if (node['type'] === 'enos-device') return { ...node, brokerUrl: `http://127.0.0.1:${simulatorPort}` }
        return node['type'] === type ? { ...node, [setting]: value } : node
      },
    )
    await nodeRed.deploy(nodes)
    post = nodes.find(({ name: called }) => called === 'post points')?.['id'] as string
  }

  const delivered = (atLeast = 1) =>
    nodeRed.editor.until(`status/${post}`, (status) => {
      const [, count] = /^delivered (\d+)/.exec((status as { text?: string })?.text ?? '') ?? []
      return Number(count) >= atLeast
    })

  async function received(): Promise<Entry[]> {
    const url = `http://127.0.0.1:${simulatorPort}/_simulator/points?stream=pK11111/dK987654`
    const { points } = (await (await fetch(url)).json()) as { points: Entry[] }
    return points
  }
  const latest = async () => (await received()).at(-1)

  it('poll a Modbus TCP server every second, and send what its registers say', async () => {
    const registers = [715, 1250, 42, 1]
    const port = await freePort()
    const { ServerTCP } = require('modbus-serial') as ModbusSerial
    const machine = new ServerTCP(
      {
        getMultipleHoldingRegisters: (from, count, _unit, done) => done(null, registers.slice(from, from + count)),
      },
      { host: '127.0.0.1', port, unitID: 1 },
    )
    try {
      await deploy('1 Modbus TCP registers', ['modbus-client', 'tcpPort', String(port)])
      await delivered()
      should((await latest())?.values).eql({ temperature: 71.5, power: 12.5, partsMade: 42, running: true })
    } finally {
      await nodeRed.deploy([])
      await new Promise<void>((resolve) => machine.close(() => resolve()))
    }
  })

  itWhere(
    opcua !== undefined,
    'node-red-contrib-opcua takes 184 MB, and is no development dependency: npm install --no-save node-red-contrib-opcua',
  )('subscribe to variables of an OPC UA server, and send their values with the times of the server', async () => {
    if (!opcua) return
    const port = await freePort()
    const startedMs = Date.now()
    const { OPCUAServer, OPCUACertificateManager, Variant, DataType } = createRequire(opcua)('node-opcua') as NodeOpcua
    const serverCertificateManager = new OPCUACertificateManager({
      rootFolder: join(installed.userDir, 'opcua-server'),
    })
    const server = new OPCUAServer({ port, host: '127.0.0.1', hostname: '127.0.0.1', serverCertificateManager })
    await server.initialize()
    const { addressSpace } = server.engine
    const namespace = addressSpace.getOwnNamespace()
    for (const [name, value] of [
      ['Temperature', 71.5],
      ['Power', 12.5],
    ] as const)
      namespace.addVariable({
        organizedBy: addressSpace.rootFolder.objects,
        browseName: name,
        nodeId: `ns=1;s=${name}`,
        dataType: 'Double',
        minimumSamplingInterval: 1_000,
        value: { get: () => new Variant({ dataType: DataType.Double, value }) },
      })
    await server.start()
    try {
      await deploy('2 OPC UA variables', ['OpcUa-Endpoint', 'endpoint', `opc.tcp://127.0.0.1:${port}`])
      await delivered(2)
      const entries = await received()
      should(Object.assign({}, ...entries.map(({ values }) => values))).eql({ temperature: 71.5, power: 12.5 })
      // The times are the server's, from before the values came.
      for (const { timeMs } of entries) should(timeMs).be.within(startedMs, Date.now())
    } finally {
      await nodeRed.deploy([])
      await server.shutdown(0)
    }
  })

  it('take what a machine publishes by MQTT, at the time that it says', async () => {
    const { Aedes } = require('aedes') as AedesModule
    const broker = await Aedes.createBroker()
    const server: Server = createServer(broker.handle)
    const port = await freePort()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    try {
      const subscribed = new Promise<void>((resolve) => broker.once('subscribe', () => resolve()))
      await deploy('3 MQTT messages', ['mqtt-broker', 'port', String(port)])
      await subscribed
      const payload = JSON.stringify({ time: '2026-01-31T06:00:00Z', temperature: 18.25, running: false })
      broker.publish(
        { cmd: 'publish', topic: 'machines/press', payload, qos: 1, retain: false, dup: false },
        () => undefined,
      )
      await delivered()
      should(await latest()).match({ timeMs: Date.UTC(2026, 0, 31, 6), values: { temperature: 18.25, running: false } })
    } finally {
      await nodeRed.deploy([])
      await new Promise<void>((resolve) => broker.close(() => resolve()))
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  })
})
