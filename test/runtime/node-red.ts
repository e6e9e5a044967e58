import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { patienceMs } from '../patience'
import { freePort } from '../ports'
import { EditorMessages } from './editor-messages'

/** Node-RED as its users run it: a process of its own, driven over the admin API and the editor's websocket. */
export interface NodeRed {
  url: string
  /** What the editor is told: debug messages, statuses, notifications. */
  editor: EditorMessages
  /** Answer of the admin API as JSON. */
  json(path: string): Promise<unknown>
  /** Answer of the admin API as the editor loads its pages: HTML in American English. */
  page(path: string): Promise<string>
  /**
   * Replaces all flows, credentials included, and waits until they run.
   * @param type how much of it is started anew: all, or what has changed
   */
  deploy(flow: readonly object[], type?: 'full' | 'flows' | 'nodes'): Promise<void>
  /** Presses the button of an inject node. */
  press(injectId: string): Promise<void>
  /** Everything it printed so far. */
  output(): string
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Asks it to end as the operating system does; gives its exit code, `null` where it had to be killed. */
  stop(): Promise<number | null>
}

/** The machine's Node.js and the project's Node-RED, unless the matrix names others. */
export const nodeUnderTest = process.env['NODE_UNDER_TEST'] ?? process.execPath
const nodeRedUnderTest = process.env['NODE_RED_UNDER_TEST'] ?? require.resolve('node-red/red.js')

/** Packages with nodes that read machines. */
const machinePackages = ['node-red-contrib-modbus', 'node-red-contrib-opcua']

const startWithinMs = patienceMs / 2
const stopWithinMs = patienceMs / 10

/**
 * Starts Node-RED on a free loopback port with the nodes that are installed in this user directory.
 * @param more settings besides those of every test
 * @param environment variables besides those of this process
 */
export async function startNodeRed(
  userDir: string,
  more: { httpAdminRoot?: string; [setting: string]: unknown } = {},
  environment: NodeJS.ProcessEnv = {},
): Promise<NodeRed> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}${more.httpAdminRoot ?? ''}`
  const settingsFile = join(userDir, 'settings.js')
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    fileWorkingDirectory: userDir,
    credentialSecret: 'of this test only',
    lang: 'en-US',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    logging: { console: { level: 'info' } },
    // Node-RED loads all nodes that lie beside it, and these are there for one test only.
    externalModules: { palette: { denyList: machinePackages } },
    ...more,
  }
  writeFileSync(settingsFile, `module.exports = ${JSON.stringify(settings, null, 2)}\n`)
  const child = spawn(nodeUnderTest, [nodeRedUnderTest, '--userDir', userDir, '--settings', settingsFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  // A test run that breaks off leaves nothing running.
  const endWithTests = () => child.kill('SIGKILL')
  process.once('exit', endWithTests)
  child.once('exit', () => process.off('exit', endWithTests))
  const log = new ProcessLog(child)
  try {
    for (const text of startTexts(settings.lang)) await log.says(text, startWithinMs)
    const editor = await EditorMessages.connect(url)
    return {
      ...adminApi(url, editor),
      url,
      editor,
      output: () => log.text,
      kill: () => kill(child, editor),
      stop: () => stop(child, editor),
    }
  } catch (failure) {
    child.kill('SIGKILL')
    throw failure
  }
}

/** What Node-RED prints in this language once its flows and its server run. */
function startTexts(language: string): string[] {
  const { nodes, server } = require(`@node-red/runtime/locales/${language}/runtime.json`)
  return [nodes.flows['started-flows'], server['now-running'].split('__')[0].trim()]
}

function adminApi(url: string, editor: EditorMessages) {
  const ask = async (path: string, request: RequestInit): Promise<Response> => {
    const answer = await fetch(`${url}${path}`, request)
    if (!answer.ok) throw new Error(`${request.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  return {
    json: async (path: string): Promise<unknown> =>
      (await ask(path, { headers: { accept: 'application/json' } })).json(),
    page: async (path: string) =>
      (await ask(path, { headers: { accept: 'text/html', 'accept-language': 'en-US' } })).text(),
    press: async (injectId: string) => {
      await ask(`/inject/${injectId}`, { method: 'POST' })
    },
    deploy: async (flow: readonly object[], type: 'full' | 'flows' | 'nodes' = 'full') => {
      // The same flows have the same revision: the notice of their deployment before does not tell that they run again.
      editor.forget('notification/runtime-deploy')
      const answer = await ask('/flows', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'node-red-api-version': 'v2',
          'node-red-deployment-type': type,
        },
        body: JSON.stringify({ flows: flow }),
      })
      const { rev } = (await answer.json()) as { rev: string }
      await editor.until('notification/runtime-deploy', (notice) => (notice as { revision?: string })?.revision === rev)
    },
  }
}

async function kill(child: ChildProcess, editor: EditorMessages): Promise<void> {
  editor.close()
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function stop(child: ChildProcess, editor: EditorMessages): Promise<number | null> {
  editor.close()
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const deadline = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  const [code] = (await exited) as [number | null]
  clearTimeout(deadline)
  return code
}

/** What a process prints, and the wait for a text in it. */
class ProcessLog {
  readonly #growth = new EventEmitter()
  text = ''

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        this.text += part
        this.#growth.emit('grown')
      })
    }
    child.on('exit', (code) => this.#growth.emit('error', new Error(`Node-RED ended (${code}):\n${this.text}`)))
    this.#growth.on('error', () => undefined)
  }

  async says(wanted: string, withinMs: number): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    while (!this.text.includes(wanted)) {
      await once(this.#growth, 'grown', { signal }).catch((failure) => {
        if (!signal.aborted) throw failure
        throw new Error(`Node-RED did not say "${wanted}":\n${this.text}`, { cause: failure })
      })
    }
  }
}
