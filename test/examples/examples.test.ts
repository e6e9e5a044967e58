import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { demoGateway } from '../../lib/simulator'
import { patienceMs } from '../patience'
import { freePort } from '../ports'
import { shownValue } from '../runtime/editor-messages'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from '../runtime/packed-package'
import { promises } from './promises'

interface FlowNode {
  id: string
  type: string
  name: string
  port?: string
  seed?: string
  payload?: string
  x: number
  y: number
  wires: string[][]
}

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
const folder = join(packageRoot, 'examples')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replaceAll('\\', '/').slice(0, -'.json'.length))
  .sort()
/** An outbox tries a dead line now and then, in the end once a minute. */
const badgeWithinMs = patienceMs / 2
const read = (file: string) => readFileSync(join(folder, `${file}.json`), 'utf8')
const nodesOf = (file: string) => JSON.parse(read(file)) as FlowNode[]

describe('The examples', () => {
  it('are all promised something here, or run with a machine, and show every node', () => {
    const ofMachines = files.filter((file) => file.startsWith('5 Machines/'))
    should(ofMachines).deepEqual(Object.keys(machinePackages).sort())
    should(files).deepEqual([...Object.keys(promises), ...ofMachines].sort())
    const shown = new Set(files.flatMap((file) => nodesOf(file).map(({ type }) => type)))
    const types = Object.keys(manifest['node-red'].nodes)
    should(types.filter((type) => !shown.has(type))).be.empty()
  })

  for (const file of files) {
    it(`"${file}" is short, explained, and a tab of its own that needs Node-RED, this package, and what it names`, () => {
      const nodes = nodesOf(file)
      const types = nodes.map(({ type }) => type)
      should(types.filter((type) => type === 'tab')).have.length(1)
      should(types).containEql('comment')
      should(types).containEql('cloud-simulator')
      const foreign = machinePackages[file]
      should(types.filter((type) => !isCoreOrOurs(type) && !foreign?.types.includes(type))).be.empty()
      if (foreign) should(nodes.find(({ type }) => type === 'comment')?.name).startWith(foreign.advice)
      for (const { id } of nodes) should(id).match(/^[0-9a-f]{16}$/)
      should(new Set(nodes.map(({ id }) => id)).size).equal(nodes.length)
      for (const { x, y } of nodes.filter((node) => 'x' in node)) {
        should(x).be.within(100, 850)
        should(y % 20).equal(0)
      }
    })
  }

  it('leave each other alone: one with faults or a plant of its own has its own simulator', () => {
    const kindOf = (nodes: readonly FlowNode[]) => {
      const seed = nodes.find(({ type }) => type === 'cloud-simulator')?.seed
      return seed || nodes.some(({ payload }) => payload?.includes('"kind"')) ? 'own' : 'shared'
    }
    const portOf = (nodes: readonly FlowNode[]) => nodes.find(({ type }) => type === 'cloud-simulator')?.port
    const portsOf = (kind: string) =>
      files.map(nodesOf).flatMap((nodes) => (kindOf(nodes) === kind ? portOf(nodes) : []))
    should(new Set(portsOf('shared'))).deepEqual(new Set(['1881']))
    const own = portsOf('own')
    should(own.length).be.above(2)
    should(own).not.containEql('1881')
    should(new Set(own).size).equal(own.length)
  })

  it('have no node id in common, so that all can be imported into one Node-RED', () => {
    const ids = files.flatMap((file) => nodesOf(file).map(({ id }) => id))
    should(new Set(ids).size).equal(ids.length)
  })
})

describe('The examples in a real Node-RED', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  before(async () => {
    installed = await installPackedPackage()
    nodeRed = await startNodeRed(installed.userDir)
  })
  after(async () => {
    await nodeRed?.stop()
    installed?.remove()
  })

  for (const [file, { presses, accepted, cloud = 'enos' }] of Object.entries(promises)) {
    it(`"${file}" does what it promises when its buttons are pressed`, async () => {
      const port = await freePort()
      const nodes = JSON.parse(read(file).replaceAll(/\b188\d\b/g, String(port))) as FlowNode[]
      const injects = nodes.filter(({ type }) => type === 'inject')
      should([...new Set(presses.map(([button]) => button))].sort()).deepEqual(injects.map(({ name }) => name).sort())
      await nodeRed.deploy(nodes)
      for (const [button, promised, badges = {}] of presses) {
        const inject = injects.find(({ name }) => name === button) as FlowNode
        const shown = await press(nodeRed, nodes, inject, Object.keys(promised).length)
        should({ button, shown }).match({ button, shown: promised })
        should(Object.keys(shown).sort()).deepEqual(Object.keys(promised).sort())
        for (const [name, text] of Object.entries(badges)) {
          const id = nodes.find((node) => node.name === name)?.id
          await nodeRed.editor.until(
            `status/${id}`,
            (status) => text.test((status as { text?: string })?.text ?? ''),
            badgeWithinMs,
          )
        }
      }
      const state = await (await fetch(`http://127.0.0.1:${port}/_simulator/state`)).json()
      should(withoutDemo(state[cloud])).match(accepted)
    })
  }
})

const demoIds = Object.values(demoGateway.thingplus).flatMap((items) => items.map(({ id }) => id))

/** What the simulated cloud holds, but for the gateway that it starts with. */
function withoutDemo(state: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isOfExample = ({ id }: { id?: string }) => !demoIds.includes(id ?? '')
  return Object.fromEntries(
    Object.entries(state).map(([name, held]) => [name, Array.isArray(held) ? held.filter(isOfExample) : held]),
  )
}

/** Presses an inject node, and gives what so many debug nodes show then in the sidebar, by their names. */
async function press(nodeRed: NodeRed, nodes: readonly FlowNode[], inject: FlowNode, count: number) {
  const messages = await nodeRed.editor.debugMessages(count, () => nodeRed.press(inject.id))
  for (const id of messages.keys()) {
    await nodeRed.editor.until(`status/${id}`, (status) => !!(status as { text?: string })?.text)
  }
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.name ?? id
  return Object.fromEntries([...messages.values()].map((message) => [nameOf(message.id), shownValue(message)]))
}

/** What the examples of machines need besides; `machines.test.ts` runs them. */
const machinePackages: Readonly<Record<string, { types: readonly string[]; advice: string }>> = {
  '5 Machines/1 Modbus TCP registers': {
    types: ['modbus-read', 'modbus-client'],
    advice: 'Install node-red-contrib-modbus ',
  },
  '5 Machines/2 OPC UA variables': {
    types: ['OpcUa-Item', 'OpcUa-Client', 'OpcUa-Endpoint'],
    advice: 'Install node-red-contrib-opcua ',
  },
  '5 Machines/3 MQTT messages': { types: ['mqtt in', 'mqtt-broker'], advice: 'Enter your broker ' },
}

const coreTypes = [
  ...'tab comment inject debug catch complete function change switch template csv join delay file'.split(' '),
  ...['http request', 'file in', 'link in', 'link out'],
]
const isCoreOrOurs = (type: string) => coreTypes.includes(type) || type in manifest['node-red'].nodes
