import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'

const root = join(__dirname, '..', '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`)

describe('What runs the project’s commands', () => {
  for (const file of [
    '.ci/run',
    '.devcontainer/devcontainer.json',
    '.github/pull_request_template.md',
    'CONTRIBUTING.md',
    ...workflows,
  ])
    it(`names in ${file} only scripts that there are`, () => {
      const named = [...read(file).matchAll(/\bnpm (?:run ([\w:]+)|(test|start)\b)/g)].map(
        ([, run, own]) => run ?? own ?? '',
      )
      should(named.filter((name) => !(name in scripts))).be.empty()
      const files = [...read(file).matchAll(/\bnode (scripts\/\S+)/g)].map(([, path = '']) => path)
      for (const path of files) should(read(path)).not.be.empty()
    })

  it('checks a change as .ci/run does on Linux, and by npm test on Windows and macOS', () => {
    const checks = read('.github/workflows/checks.yml')
    should(checks).match(
      /runs-on: ubuntu-[\s\S]*- run: \.ci\/run\n[\s\S]*system: \[windows-\S+, macos-\S+\][\s\S]*- run: npm test\n/,
    )
  })

  it('opens the ports of the demo in a development container', () => {
    const { forwardPorts } = JSON.parse(read('.devcontainer/devcontainer.json')) as { forwardPorts: number[] }
    const ports = [...read('scripts/start.mjs').matchAll(/portOf\('\w+', (\d+)\)/g)].map(([, port]) => Number(port))
    should(forwardPorts).deepEqual(ports)
  })
})
