import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(__dirname, '..', '..')

export interface Import {
  readonly from: string
  readonly to: string
}

/** The files below these folders, by their paths from the project's root. */
export function sourcesUnder(...folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
}

/** What a file imports of the project, types included. */
export function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8')
  const statements = [...text.matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']*)'/gms)]
  return statements.map(([, to = '']) => ({ from, to: fileOf(from, to) }))
}

function fileOf(from: string, specifier: string): string {
  const path = join(root, dirname(from), specifier)
  const file = [`${path}.ts`, join(path, 'index.ts'), path].find((candidate) => existsSync(candidate))
  if (!file) throw new Error(`${from} imports ${specifier}, which is not there`)
  return relative(root, file).replaceAll('\\', '/')
}

/** A way from a file back to itself; `undefined` where there is none. */
export function circleIn(imports: readonly Import[]): string[] | undefined {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
  const isDone = new Set<string>()
  const visit = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
    if (isDone.has(file)) return undefined
    for (const to of targets.get(file) ?? []) {
      const circle = visit(to, [...way, file])
      if (circle) return circle
    }
    isDone.add(file)
    return undefined
  }
  for (const file of targets.keys()) {
    const circle = visit(file, [])
    if (circle) return circle
  }
  return undefined
}
