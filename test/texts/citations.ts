/** A document with numbered sections, as far as citations are about it. */
export interface CitedDocument {
  /** `docs/protocol/enos.md` */
  path: string
  /** `3.2`, by the heading `### 3.2 The encryption field`, in the order of the document. */
  sections: readonly string[]
}

const numberedHeading = /^#{2,6} (\d+(?:\.\d+)*) /gm
/** `docs/protocol/enos.md §3.2, §7` */
const citation = /\b((?:[\w-]+\/)*[\w-]+\.md)((?:,? §\d+(?:\.\d+)*)*)/g
const section = /§(\d+(?:\.\d+)*)/g
const nextLineOfComment = /\n\s*(?:\*|\/\/|#) /g
const vague = /\b(?:fact|protocol) sheet\b|(?<![\w/.])(?:protocol\/)?(?:enos|thingplus)\.md\b/g

export function sectionsOf(markdown: string): string[] {
  return [...markdown.matchAll(numberedHeading)].map(([, number = '']) => number)
}

/**
 * What of a text cites a document or a section that is not there, or cites in another form than
 * `docs/protocol/NAME.md §1.2`.
 */
export function deadCitations(text: string, documents: readonly CitedDocument[]): string[] {
  const joined = text.replace(nextLineOfComment, ' ')
  const dead = [...joined.matchAll(vague)].map(([words]) => words)
  const rest = joined.replace(citation, (whole, path: string, cited: string) => {
    const numbers = sectionsIn(cited)
    if (numbers.length === 0 && !path.startsWith('docs/protocol/')) return ''
    const document = documents.find((known) => known.path === path)
    if (document)
      dead.push(...numbers.filter((number) => !document.sections.includes(number)).map((it) => `${path} §${it}`))
    else dead.push(whole)
    return ''
  })
  return [...dead, ...sectionsIn(rest).map((number) => `§${number} of no document`)]
}

function sectionsIn(text: string): string[] {
  return [...text.matchAll(section)].map(([, number = '']) => number)
}
