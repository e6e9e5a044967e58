import { EventEmitter, once } from 'node:events'
import WebSocket from 'ws' // comes with Node-RED
import { patienceMs } from '../patience'

/** A message of the debug sidebar: of a debug node, or an error that no Catch node took. */
export interface DebugMessage {
  /** The debug node, or the node that failed. */
  id: string
  /** As text; JSON where `format` says that it is an object, an array or an error. */
  msg: string
  format: string
}

export function shownValue({ msg, format }: DebugMessage): unknown {
  return /^(object|array|error)/i.test(format) ? JSON.parse(msg) : msg
}

/** The editor's side of Node-RED's websocket: what it is told, by topic (`debug`, `status/<node id>` …). */
export class EditorMessages {
  readonly #arrivals = new EventEmitter()
  readonly #latest = new Map<string, unknown>()
  readonly #socket: WebSocket
  #heard = ''

  private constructor(socket: WebSocket) {
    this.#socket = socket
    // A test may wait for any number of statuses at once.
    this.#arrivals.setMaxListeners(0)
    socket.on('message', (data) => {
      this.#heard += `${data}\n`
      for (const { topic, data: content } of [JSON.parse(String(data))].flat()) {
        this.#latest.set(topic, content)
        this.#arrivals.emit(topic, content)
      }
    })
  }

  static async connect(url: string): Promise<EditorMessages> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`)
    const messages = new EditorMessages(socket)
    await once(socket, 'open')
    for (const topic of ['debug', 'notification/#', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }))
    return messages
  }

  /** Everything that came, as it came. */
  heard(): string {
    return this.#heard
  }

  /** From now on only what is still to be said about a topic counts. */
  forget(topic: string): void {
    this.#latest.delete(topic)
  }

  /** Waits until what was last said about a topic is what is wanted. */
  async until(topic: string, isWanted: (content: unknown) => boolean, withinMs = patienceMs): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    while (!isWanted(this.#latest.get(topic))) {
      await once(this.#arrivals, topic, { signal }).catch((failure) => {
        throw new Error(`Waited for ${topic}, was last told ${JSON.stringify(this.#latest.get(topic))}`, {
          cause: failure,
        })
      })
    }
  }

  /** Does something, waits until so many debug nodes have shown a message since, and gives the last of each by node id. */
  async debugMessages(count: number, act: () => Promise<void>): Promise<Map<string, DebugMessage>> {
    const shown = new Map<string, DebugMessage>()
    const keep = (message: DebugMessage) => shown.set(message.id, message)
    this.#arrivals.on('debug', keep)
    try {
      await act()
      const signal = AbortSignal.timeout(patienceMs)
      while (shown.size < count) await once(this.#arrivals, 'debug', { signal })
      return shown
    } catch (failure) {
      const seen = JSON.stringify([...shown.values()])
      throw new Error(`Waited for ${count} debug nodes, saw only ${seen}`, { cause: failure })
    } finally {
      this.#arrivals.off('debug', keep)
    }
  }

  close(): void {
    this.#socket.terminate()
  }
}
