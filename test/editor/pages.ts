import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const script = pathToFileURL(join(__dirname, '../../scripts/pages.mjs')).href

/** The pages that the editor loads, as a build makes them of the sources: by name, `enos-app.html`. */
export async function builtPages(): Promise<ReadonlyMap<string, string>> {
  const { pages } = (await import(script)) as { pages(): Promise<Map<string, string>> }
  return pages()
}

/** The dialogs of these pages, by the type of their node. */
export async function builtTemplates(): Promise<ReadonlyMap<string, string>> {
  const template = /<script type="text\/html" data-template-name="([^"]+)">(.*?)<\/script>/s
  return new Map(
    [...(await builtPages()).values()].flatMap((page) => {
      const [, type, html] = template.exec(page) ?? []
      return type === undefined || html === undefined ? [] : [[type, html] as const]
    }),
  )
}

/** The help of the nodes as a build completes it: by its path below nodes/, `locales/de/enos-app.html`. */
export async function builtHelp(): Promise<ReadonlyMap<string, string>> {
  const { help } = (await import(script)) as { help(): Promise<Map<string, string>> }
  return help()
}
