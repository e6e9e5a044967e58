import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(__dirname, '..', '..')
const modules = join(root, 'node_modules')

/** The script of the documents, as it stands there. */
export const documentedScript = (): string => {
  const page = readFileSync(join(root, 'docs', 'scripts.md'), 'utf8')
  const [, script] = /```ts\n(import \{ enosGot[\s\S]*?)```/.exec(page) ?? []
  if (script === undefined) throw new Error('docs/scripts.md holds no script with got')
  return script
}

/** Somebody's project, with the built package and one version of got in it. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgecourier-'))

  constructor(gotName: string, files: Readonly<Record<string, string>>) {
    for (const scope of ['@edgecourier', '@types'])
      mkdirSync(join(this.folder, 'node_modules', scope), { recursive: true })
    const link = (target: string, name: string) =>
      symlinkSync(target, join(this.folder, 'node_modules', name), 'junction')
    link(root, '@edgecourier/node-red-enos-thingplus')
    link(join(modules, gotName), 'got')
    link(join(modules, '@types', 'node'), '@types/node')
    for (const [name, text] of Object.entries({ 'package.json': '{ "private": true }', ...files }))
      writeFileSync(join(this.folder, name), text)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
