import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import should from 'should'
import { patienceMs } from '../patience'
import { gots, versionOf } from './gots'
import { documentedScript, Project } from './project'

const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')

const ours = '@edgecourier/node-red-enos-thingplus/got'
const commonJs = `
import { enosGot } from '${ours}'
export async function extended() {
  const { default: got } = await import('got')
  return got.extend(enosGot({ gatewayUrl: 'https://apim', appKey: 'k', appSecret: 's', orgId: 'o' }), {
    hooks: { beforeError: [(error) => error] },
  })
}
`
const wrong = `
import { enosGot } from '${ours}'
// @ts-expect-error The organisation is missing.
enosGot({ gatewayUrl: 'https://apim', appKey: 'k', appSecret: 's' })
`

/** What the compiler says to somebody's project that uses the built package. */
async function complaintsAbout(
  gotName: string,
  resolution: object,
  scripts: Readonly<Record<string, string>>,
): Promise<string> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    types: ['node'],
    skipLibCheck: true,
    ...resolution,
  }
  const settings = JSON.stringify({ compilerOptions, files: Object.keys(scripts) })
  const project = new Project(gotName, { ...scripts, 'tsconfig.json': settings })
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', project.folder])
    return ''
  } catch (failure) {
    return (failure as { stdout?: string }).stdout || String(failure)
  } finally {
    project.remove()
  }
}

for (const name of gots) {
  describe(`The types for got ${versionOf(name)}`, function () {
    this.timeout(patienceMs)

    it('fit the documented script with the module resolution node16, and a CommonJS one', async () => {
      const scripts = { 'script.mts': documentedScript(), 'script.cts': commonJs, 'wrong.mts': wrong }
      should(await complaintsAbout(name, { module: 'node16' }, scripts)).equal('')
    })

    it('fit them with the module resolution bundler', async () => {
      const options = { module: 'esnext', moduleResolution: 'bundler' }
      should(await complaintsAbout(name, options, { 'script.ts': documentedScript(), 'wrong.ts': wrong })).equal('')
    })
  })
}
