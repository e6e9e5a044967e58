import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

export interface TlsServer {
  /** By the name `localhost`. */
  url: string
  port: number
  server: Server
  /** The server names that clients asked for, in order. */
  namesAsked: (string | false | null | undefined)[]
  /** The common names of the clients' certificates, in order; nothing for those without. */
  clients: string[]
  close(): Promise<void>
}

/** A real HTTPS server on loopback; it answers with the common name of the client's certificate, if there is one. */
export async function startTlsServer(options: ServerOptions): Promise<TlsServer> {
  const namesAsked: TlsServer['namesAsked'] = []
  const clients: string[] = []
  const server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket
    namesAsked.push(socket.servername as string | false | null | undefined)
    const [client] = [socket.getPeerCertificate().subject?.CN].flat()
    if (client !== undefined) clients.push(client)
    response.end(`hello ${client ?? 'nobody'}`)
  })
  const sockets = new Set<Duplex>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    port,
    server,
    namesAsked,
    clients,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
