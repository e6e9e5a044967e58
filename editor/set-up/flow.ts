// What the set-up adds to the flows that are open in the editor, each so that it can be undone.

/** Nodes as a flow file has them. */
interface NewNode {
  id: string
  type: string
  [setting: string]: unknown
}

/** @param target the node to which the first of them is wired */
function add(nodes: readonly NewNode[], target?: EditorNode): void {
  const dirty = RED.nodes.dirty()
  const added = RED.nodes.import(nodes, { markChanged: true, applyNodeDefaults: true })
  const [source] = added.nodes
  const links = source && target ? [{ source, sourcePort: 0, target }] : []
  for (const link of links) RED.nodes.addLink(link)
  RED.history.push({ t: 'add', nodes: nodes.map(({ id }) => id), links, dirty })
  RED.nodes.dirty(true)
  RED.view.redraw(true)
}

/**
 * The configuration of this type that has these settings, secrets included; it is made where there is none.
 * @returns its id
 */
export function configurationWith(type: string, name: string, settings: Readonly<Record<string, unknown>>): string {
  const { defaults, credentials = {} } = RED.nodes.getType(type)
  const plain = Object.entries(settings).filter(([setting]) => setting in defaults)
  let present: string | undefined
  RED.nodes.eachConfig((configuration) => {
    const isIt = configuration.type === type && plain.every(([setting, value]) => configuration[setting] === value)
    if (isIt && !configuration.z) present = configuration.id
    return present === undefined
  })
  if (present !== undefined) return present
  const id = RED.nodes.id()
  const secrets = Object.entries(settings).filter(([setting]) => setting in credentials)
  add([{ id, type, name, ...Object.fromEntries(plain), credentials: Object.fromEntries(secrets) }])
  return id
}

/** Chooses a configuration in a dialog, whose list does not know it where it was made just now. */
export function chooseConfiguration(field: string, id: string): void {
  const select = $(`#node-input-${field}`)
  const isListed = () => select.find('option').filter((_index, option) => $(option).val() === id).length > 0
  if (!isListed()) select.prepend($('<option>').val(id).text(configurationLabel(id)))
  select.val(id).trigger('change')
}

export function configurationLabel(id: string): string {
  const configuration = RED.nodes.node(id)
  return configuration ? RED.utils.getNodeLabel(configuration, id) : id
}

/** A tab, and a place on it. */
interface Spot {
  z?: string | undefined
  x: number
  y: number
}

/** Puts a node that runs the simulator on this port on the tab, unless there is one, or the tab is locked. */
export function keepSimulator({ z, x, y }: Spot, port: number): void {
  const isThere = RED.nodes
    .filterNodes({ type: 'cloud-simulator' })
    .some((simulator) => Number(simulator['port'] || 0) === port && !simulator['seed'])
  const tab = RED.nodes.workspace(z) ?? RED.nodes.subflow(z)
  if (!isThere && tab && !tab.locked)
    add([{ id: RED.nodes.id(), type: 'cloud-simulator', z, port: String(port), x, y }])
}

/** A place for it beside a node: above, or where there is no room below. */
export function spotBeside(node: EditorNode): Spot {
  const [x, y] = positionOf(node)
  return { z: node.z, x, y: y > 80 ? y - 60 : y + 120 }
}

export const hasInput = (node: EditorNode): boolean => RED.nodes.filterLinks({ target: node }).length > 0

/** Wires an inject node with this payload to the node. */
export function addInject(node: EditorNode, payload: unknown): void {
  const [x, y] = positionOf(node)
  const isRoom = x > 300
  const kinds: Record<string, string> = { number: 'num', boolean: 'bool', string: 'str' }
  const payloadType = kinds[typeof payload] ?? 'json'
  add(
    [
      {
        id: RED.nodes.id(),
        type: 'inject',
        z: node.z,
        name: '',
        props: [{ p: 'payload' }],
        payload: payloadType === 'json' ? JSON.stringify(payload) : String(payload),
        payloadType,
        x: isRoom ? x - 220 : x,
        y: isRoom ? y : y + 60,
        wires: [[]],
      },
    ],
    node,
  )
}

const positionOf = ({ x, y }: EditorNode) => [Number(x), Number(y)] as const
