import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(__dirname, '..', '..')

interface NamedImport {
  /** `*` for all. */
  names: readonly string[]
  to: string
}

const known = new Map<string, readonly NamedImport[]>()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

function fileOf(from: string, specifier: string): string {
  const path = join(dirname(from), specifier)
  const isFile = (candidate: string) => existsSync(join(root, candidate)) && statSync(join(root, candidate)).isFile()
  const file = [`${path}.ts`, join(path, 'index.ts')].find(isFile)
  if (!file) throw new Error(`${from} imports ${specifier}, which is not there`)
  return file.replaceAll('\\', '/')
}

/** What a file imports or passes on, at once or when it is first used, but for types. */
function importsOf(file: string): readonly NamedImport[] {
  const statements =
    /^(?:import|export)\b(?!\s+type\b)\s*(\*|\{[^}]*\}|[\w*\s,{}]+?)?\s*(?:as \w+\s*)?from '(\.[^']*)'/gms
  const imports =
    known.get(file) ??
    [...read(file).matchAll(statements), ...read(file).matchAll(/\b()require\('(\.[^']*)'\)/g)].map(
      ([, list, specifier = '']) => ({
        names: list?.startsWith('{') ? namesIn(list) : ['*'],
        to: fileOf(file, specifier),
      }),
    )
  known.set(file, imports)
  return imports
}

const namesIn = (list: string) =>
  list
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && !name.startsWith('type '))
    .map((name) => name.split(' as ')[0] ?? name)

/** The files that a name comes from, through the indexes of rooms. */
function sourcesOf(file: string, name: string): string[] {
  if (!file.endsWith('index.ts')) return [file]
  return importsOf(file).flatMap(({ names, to }) => {
    if (name === '*' || names.includes(name)) return sourcesOf(to, name)
    if (!names.includes('*')) return []
    const declares = new RegExp(`export (?:async |abstract )*(?:const|function|class)\\*? ${name}\\b`)
    return sourcesOf(to, name).filter((source) => declares.test(read(source)))
  })
}

/** The codes that stand in the files which a file needs, itself among them; what is only a type is not needed. */
export function codesReachedFrom(start: string, codes: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const ahead = [start]
  for (let file = ahead.pop(); file !== undefined; file = ahead.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const { names, to } of importsOf(file)) ahead.push(...names.flatMap((name) => sourcesOf(to, name)))
  }
  const raising = [...seen].filter((file) => !file.includes('settings/') && file !== 'lib/core/errors.ts')
  const text = raising.map(read).join('\n')
  return new Set(codes.filter((code) => text.includes(`'${code}'`)))
}
