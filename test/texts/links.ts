import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = join(__dirname, '..', '..')
const project = 'https://github.com/edgecourier/node-red-enos-thingplus'

/** Files of the project that a person reads, by their paths from its root. */
export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((name) => name.endsWith(ending))
}

export const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Where Markdown, HTML and plain text lead: links, images, addresses. */
export function linksIn(text: string): string[] {
  const unfenced = text.replace(/^```.*?^```/gms, '')
  const prose = unfenced.replace(/`[^`\n]*`/g, '')
  const found = [
    ...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g),
    ...prose.matchAll(/^\[[^\]]+\]: (\S+)/gm),
    ...prose.matchAll(/(?:href|src)="([^"]*)"/g),
    ...prose.matchAll(/(?<!["(\w])(https?:\/\/[^\s<>")\]]+)/g),
  ]
  return [...new Set(found.map(([, to = '']) => to.replace(/[.,;:]$/, '')))]
}

/**
 * Whether a link leads nowhere: to a file or heading of the project that is not there, or to another site without TLS.
 * What other sites have is not asked.
 * @param page on which the link stands
 */
export function isDead(link: string, page: string): boolean {
  if (link === project || link.startsWith(`${project}#`)) return isDead(`README.md${link.slice(project.length)}`, '')
  if (link.startsWith(`${project}/`)) {
    const [, path] = /^\/(?:blob|tree)\/main\/(.+)$/.exec(link.slice(project.length)) ?? []
    // Pages that the site makes: issues, security advisories, commits.
    return path ? isDead(path, '') : !/^\/(issues|security|commits|compare|releases)\b/.test(link.slice(project.length))
  }
  if (/^[a-z]+:/.test(link)) return !/^(https:\/\/[\w.-]+(\/|$)|http:\/\/127\.0\.0\.1)/.test(link)
  const [path = '', heading] = decodeURI(link).split('#')
  const target = path ? join(dirname(page), path) : page
  if (!existsSync(join(root, target))) return true
  return heading !== undefined && target.endsWith('.md') && !headingsOf(read(target)).has(heading)
}

/** The names under which GitHub makes headings known; that of the page itself, too. */
function headingsOf(markdown: string): Set<string> {
  const names = new Set(['readme'])
  for (const [, title = ''] of markdown.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)) {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const name = plain.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    for (let count = 0, unique = name; ; unique = `${name}-${++count}`) {
      if (names.has(unique)) continue
      names.add(unique)
      break
    }
  }
  return names
}

/** Paths of the project's files that a text names in backquotes; patterns and placeholders (`NAME`, `*`) are none. */
export function pathsIn(markdown: string): string[] {
  const inProject = /`((?:\.ci|\.github|\.devcontainer|demo|docs|examples|icons|lib|nodes|scripts|test)\/[^`\s]*)`/g
  return [...markdown.matchAll(inProject)].map(([, path = '']) => path).filter((path) => !/[*{…]|[A-Z]{4}/.test(path))
}
