import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { tokenizer } from 'acorn'

const root = join(__dirname, '../../dist')

export interface Pattern {
  source: string
  flags: string
  /** Below `dist/`. */
  file: string
}

/** What acorn's types leave out. */
interface Token {
  type: { label: string }
  value: string | { pattern: string; flags: string } | undefined
}

interface Found {
  literals: Pattern[]
  /** Files that make patterns at run time. */
  makers: ReadonlySet<string>
}

/** Every pattern of the built package: of its modules, and of the scripts in the pages of the editor. */
export function patternsOfPackage(): Found {
  const literals: Pattern[] = []
  const makers = new Set<string>()
  for (const { file, tokens } of filesOfPackage())
    for (const { type, value } of tokens) {
      if (typeof value === 'object') literals.push({ source: value.pattern, flags: value.flags, file })
      if (type.label === 'name' && value === 'RegExp') makers.add(file)
    }
  return { literals, makers }
}

/** The files of the built package in which these names stand, one after the other: `JSON`, `parse`. */
export function filesWith(...names: string[]): string[] {
  const isAt = (found: readonly unknown[], at: number) => names.every((name, offset) => found[at + offset] === name)
  const hasNames = (tokens: readonly Token[]) => {
    const found = tokens.filter(({ type }) => type.label === 'name').map(({ value }) => value)
    return found.some((_, at) => isAt(found, at))
  }
  return [...new Set(filesOfPackage().flatMap(({ file, tokens }) => (hasNames(tokens) ? [file] : [])))].sort()
}

function filesOfPackage(): { file: string; tokens: Token[] }[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|html)$/.test(name))
  const files = names.map((name) => name.split(sep).join('/'))
  return files.flatMap((file) =>
    scriptsOf(file).map((script) => ({
      file,
      tokens: [...(tokenizer(script, { ecmaVersion: 'latest' }) as Iterable<Token>)],
    })),
  )
}

function scriptsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  if (file.endsWith('.js')) return [text]
  return text.split('<script type="text/javascript">').flatMap((part, at) => (at === 0 ? [] : [beforeEnd(part)]))
}

const beforeEnd = (part: string) => part.slice(0, part.indexOf('</script>'))

/** What a maker has to be asked for, so that it makes its patterns; `m` is the module. */
export const makerCalls: Readonly<Record<string, string>> = {
  'lib/core/redaction.js': `new m.Secrets(['a', 'abc', '(a+)+$', '[', '\\\\']).redacted('text')`,
  'lib/message/iso-time.js': '',
  'lib/message/patterned-time.js': `
    for (const text of ['DDMMYYYYHHmmssSSS', 'D M YYYY H m s S A Z', "'('D'+)'M'+$'YYYY", 'D    M    YYYY', 'MMMMD.YY'])
      if (!m.TimePattern.of(text)) throw new Error(text)`,
  'lib/runtime/environment.js': `
    for (const text of ['x\${A}', '$'.repeat(100)]) try { m.requireVariables(text, 'a', 'b') } catch {}`,
  'lib/simulator/enos/expression.js': `try { m.matcherOf("a = '1'", {}) } catch {}`,
  'lib/simulator/enos/multipart.js': `
    const text = '--b\\r\\ncontent-disposition: form-data; name="a"; filename="c"\\r\\n\\r\\nx\\r\\n--b--'
    if (!m.parseMultipart({ headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: Buffer.from(text) }))
      throw new Error(text)`,
}

/** The patterns that are made at run time, as a process of its own makes them. */
export function patternsMade(): Pattern[] {
  const files = Object.entries(makerCalls)
  const script = `
    const made = new Map()
    const note = (pattern) => {
      const file = /dist\\/(\\S+?\\.js)/.exec(String(new Error().stack).split('\\n')[3].replaceAll('\\\\', '/'))?.[1]
      if (file) made.set([file, pattern.source, pattern.flags].join(), { source: pattern.source, flags: pattern.flags, file })
      return pattern
    }
    globalThis.RegExp = new Proxy(RegExp, {
      construct: (...given) => note(Reflect.construct(...given)),
      apply: (...given) => note(Reflect.apply(...given)),
    })
    ${files.map(([file, call]) => `{ const m = require(${JSON.stringify(join(root, file))}); ${call} }`).join('\n')}
    console.log(JSON.stringify([...made.values()]))`
  const output = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  return JSON.parse(output) as Pattern[]
}

export const placeOf = ({ source, flags, file }: Pattern): string => `${relative('.', file)}: /${source}/${flags}`
