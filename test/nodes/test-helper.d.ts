declare module 'node-red-node-test-helper' {
  import type { Node, NodeInitializer } from 'node-red'

  const helper: {
    init(runtimePath: string): void
    load(types: NodeInitializer[], flow: object[], credentials: object, callback: () => void): void
    unload(): Promise<void>
    getNode(id: string): Node
    setFlows(flow: object[], type: string): Promise<void>
    startServer(callback: () => void): void
    stopServer(callback: () => void): void
    request(): { post(path: string): { send(body: object): Promise<{ body: unknown }> } }
  }
  export = helper
}
