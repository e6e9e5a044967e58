import { EventEmitter, once } from 'node:events'
import type { Node, NodeInitializer, NodeStatusFill, NodeStatusShape } from 'node-red'
import helper from 'node-red-node-test-helper'
import { declarationOf } from '../declared'

helper.init(require.resolve('node-red'))

export interface FlowUnderTest {
  /** Sends a message into a node. */
  send(id: string, msg: object): void
  /** The next message that reaches the helper node: `out`, `caught` or `completed`. */
  next(id: string, signal?: AbortSignal): Promise<TestMessage>
  /** Sends a message and gives what comes out; fails with the error where a Catch node gets it instead. */
  run(id: string, msg: object): Promise<TestMessage>
  /** Waits until this node completes a message. */
  completed(id: string): Promise<TestMessage>
  /** Messages that reached a helper node so far. */
  received(id: string): readonly TestMessage[]
  /** Waits until a node shows this colour; `undefined` for a cleared status. */
  status(id: string, fill: string | undefined): Promise<NodeStatus>
  /** Waits until a node shows a text like this. */
  statusText(id: string, text: RegExp): Promise<NodeStatus>
  /** What a node has shown so far, oldest first. */
  statuses(id: string): readonly NodeStatus[]
  /** What a node has written into the log as a warning. */
  warnings(id: string): readonly string[]
  /** As `warnings` of what is an error, and of no message. */
  errors(id: string): readonly string[]
  node(id: string): Node
}
export interface NodeStatus {
  fill?: NodeStatusFill
  shape?: NodeStatusShape
  text?: string
}
export type TestMessage = Record<string, unknown> & {
  payload?: unknown
  error?: { code?: string; message: string; cause?: object }
}

/** Node-RED takes a node without a place for a configuration node. */
const onCanvas = { z: 'tab', x: 0, y: 0 }

/**
 * Starts a flow in a real Node-RED. Wire the node under test to `out`; `caught` holds what a Catch node saw, `completed`
 * what a Complete node saw. A node may stand on a tab or in a group of the test's own, with the id `tab`.
 */
export async function startFlow(
  types: readonly NodeInitializer[],
  nodes: readonly ({ id: string; type: string } & Record<string, unknown>)[],
  credentials: Record<string, Record<string, string>> = {},
): Promise<FlowUnderTest> {
  const ids = nodes.map(({ id }) => id)
  const flow = [
    ...(nodes.some(({ type }) => type === 'tab') ? [] : [{ id: 'tab', type: 'tab' }]),
    ...nodes.map((node) => ('wires' in node ? { ...onCanvas, ...node } : node)),
    { ...onCanvas, id: 'out', type: 'helper' },
    { ...onCanvas, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { ...onCanvas, id: 'caught', type: 'helper' },
    { ...onCanvas, id: 'complete', type: 'complete', scope: ids, wires: [['completed']] },
    { ...onCanvas, id: 'completed', type: 'helper' },
  ]
  await new Promise<void>((resolve) => helper.load([...types], flow, credentials, () => resolve()))
  const inbox = new Map<string, TestMessage[]>()
  const arrivals = new EventEmitter()
  for (const id of ['out', 'caught', 'completed']) {
    const messages: TestMessage[] = []
    inbox.set(id, messages)
    helper.getNode(id).on('input', (msg) => {
      messages.push(msg as TestMessage)
      if (id === 'caught') undeclared.push(...undeclaredIn(msg as TestMessage))
      arrivals.emit(id, msg)
    })
  }
  const badges = new EventEmitter()
  const shown = new Map<string, NodeStatus[]>()
  const warned = new Map<string, string[]>()
  const failed = new Map<string, string[]>()
  const latest = (id: string) => shown.get(id)?.at(-1) ?? {}
  for (const id of ids) {
    const node = helper.getNode(id) as Node | null
    if (!node) continue
    const publish = node.status.bind(node)
    node.status = (badge) => {
      shown.set(id, [...(shown.get(id) ?? []), badge as NodeStatus])
      publish(badge)
      badges.emit(id)
    }
    const warn = node.warn.bind(node)
    node.warn = (warning, ...rest) => {
      warned.set(id, [...(warned.get(id) ?? []), String(warning)])
      warn(warning, ...rest)
    }
    const error = node.error.bind(node)
    node.error = (failure, ...rest) => {
      if (rest.length === 0) failed.set(id, [...(failed.get(id) ?? []), String(failure)])
      error(failure, ...rest)
    }
  }
  const send = (id: string, msg: object) => helper.getNode(id).receive(msg as Parameters<Node['receive']>[0])
  const next = async (id: string, signal?: AbortSignal) => {
    const [msg] = await once(arrivals, id, signal && { signal })
    return msg as TestMessage
  }
  return {
    node: (id) => helper.getNode(id),
    send,
    next,
    run: async (id, msg) => {
      const over = new AbortController()
      const failed = next('caught', over.signal).then(({ error }) => Promise.reject(new Error(error?.message)))
      const ended = Promise.race([next('out', over.signal), failed])
      send(id, msg)
      return ended.finally(() => over.abort())
    },
    completed: async (id) => {
      for (;;) {
        const msg = await next('completed')
        if ((msg.complete as { source: { id: string } }).source.id === id) return msg
      }
    },
    received: (id) => inbox.get(id) ?? [],
    status: async (id, fill) => {
      while (latest(id).fill !== fill) await once(badges, id)
      return latest(id)
    },
    statusText: async (id, text) => {
      while (!text.test(latest(id).text ?? '')) await once(badges, id)
      return latest(id)
    },
    statuses: (id) => shown.get(id) ?? [],
    warnings: (id) => warned.get(id) ?? [],
    errors: (id) => failed.get(id) ?? [],
  }
}

/** Ends the flow; fails where a node has raised an error that it does not declare, and that its help does not explain. */
export async function stopFlow(): Promise<void> {
  await helper.unload()
  const found = undeclared.splice(0)
  if (found.length > 0) throw new Error(`Not among the codes in nodes/settings/: ${[...new Set(found)].join(', ')}`)
}

/** Of the flow that runs. */
const undeclared: string[] = []

function undeclaredIn({ error }: TestMessage): string[] {
  const { code, source } = (error ?? {}) as { code?: string; source?: { type: string } }
  if (code === undefined || source === undefined) return []
  return declarationOf(source.type)?.codes.includes(code) === false ? [`${source.type} ${code}`] : []
}

export function startRuntime(): Promise<void> {
  return new Promise((resolve) => helper.startServer(() => resolve()))
}

export function stopRuntime(): Promise<void> {
  return new Promise((resolve) => helper.stopServer(() => resolve()))
}

/** What the editor's server answers to a dialog. */
export async function askAdmin(path: string, body: object): Promise<unknown> {
  return (await helper.request().post(path).send(body)).body
}
