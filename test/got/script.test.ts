import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { seed } from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { gots, versionOf } from './gots'
import { documentedScript, Project } from './project'

const typescript = pathToFileURL(require.resolve('tsx/esm')).href
const secrets = {
  APP_KEY: 'demo-app',
  APP_SECRET: 'demo-secret',
  ORG_ID: 'o-demo',
  CLIENT_ID: 'testClientId',
  CLIENT_SECRET: 'demo-client-secret',
  PASSWORD: 'demo-password',
}
const scriptFor = (cloudUrl: string): string =>
  documentedScript()
    .replace(/https:\/\/apim-[^']*/, cloudUrl)
    .replace(/https:\/\/api\.thingplus\.net/, cloudUrl)
    .replace('operator', 'serviceadmin')

describe('The script of the documents', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  before(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
  })
  after(() => simulator.close())

  for (const name of gots) {
    it(`runs with got ${versionOf(name)} as an ES module, and ends by itself`, async () => {
      const project = new Project(name, { 'script.mts': scriptFor(simulator.url) })
      try {
        const script = join(project.folder, 'script.mts')
        const environment = { env: { ...process.env, ...secrets } }
        const { stdout } = await promisify(execFile)(process.execPath, ['--import', typescript, script], environment)
        should(stdout.trim()).match(/^[1-9]\d* 1$/)
      } finally {
        project.remove()
      }
    })
  }
})
