import type { Suite } from 'mocha'
import { type Browser, chromium as playwright } from 'playwright-core'
import { patienceMs } from '../patience'
import { skip } from '../skipping'

interface Program {
  executablePath: string
  env: Record<string, string>
  args: readonly string[]
}

/** The package says where its libraries and fonts lie only when it is first loaded. */
let program: Promise<Program> | undefined

/** For a suite that drives a browser: gives it time, and skips it where the browser does not run. Before its other hooks. */
export function needsBrowser(suite: Suite): void {
  suite.timeout(patienceMs)
  before(function () {
    const isThere = process.platform === 'linux' && process.arch === 'x64'
    if (!isThere) skip(this, 'the Chromium that comes with an npm package runs on Linux x64 only')
  })
}

/**
 * The Chromium that comes with an npm package, with the system libraries and fonts that come with it too: nothing has to
 * be installed.
 */
export async function launchBrowser(): Promise<Browser> {
  program ??= unpackedProgram()
  const { executablePath, env, args } = await program
  return playwright.launch({
    executablePath,
    env,
    args: [
      ...args,
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
    headless: true,
  })
}

/**
 * The package unpacks libraries and fonts only where it believes to be in a bare container, and then changes the
 * environment; only the browser shall see that.
 */
async function unpackedProgram(): Promise<Program> {
  const before = { ...process.env }
  process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs22.x'
  const { default: chromium } = await import('@sparticuz/chromium')
  // WebGL, which no test needs, would have a graphics card imitated for all that is drawn: twice the time for each page.
  chromium.setGraphicsMode = false
  const executablePath = await chromium.executablePath()
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
  for (const name of Object.keys(env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  return { executablePath, env, args: chromium.args.filter((argument) => !/gl=|swiftshader|gpu/.test(argument)) }
}
