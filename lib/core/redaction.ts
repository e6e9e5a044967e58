const standIn = '•••'
/** Only this much of a foreign text is searched; at most a few hundred characters are ever shown. */
const mostCharacters = 20_000
/** A shorter piece of base64 or the like would be found in any text. */
const shortestForm = 4
const shortestUnmistakable = 8

/** Texts that must not appear, even where the other side echoes them. */
export class Secrets {
  readonly #texts: readonly string[]
  /** What they look like in foreign words, the longest first; made when first needed. */
  #forms: readonly { readonly length: number; readonly pattern: string | RegExp }[] | undefined

  constructor(texts: readonly string[]) {
    this.#texts = texts
  }

  /**
   * Foreign words as they may be shown: without any of the secrets, however it is encoded, without what looks like a token, a
   * signature or a digest, in one line, and cut last.
   */
  redacted(text: string, longest = 200): string {
    this.#forms ??= this.#allForms()
    const isCut = text.length > mostCharacters
    let clean = text.slice(0, mostCharacters)
    for (const { pattern } of this.#forms) clean = clean.replaceAll(pattern, standIn)
    // If the cut goes through a secret, its first part is still there.
    if (isCut) clean = clean.slice(0, Math.max(0, clean.length - (this.#forms[0]?.length ?? 0)))
    const shown = clean.replace(words, withoutCredential).replace(/\s+/g, ' ').trim()
    return shown.length > longest ? `${shown.slice(0, longest)}…` : shown
  }

  /** A code or name, where nothing had to be taken out of it. */
  plainWord(word: string | undefined): string | undefined {
    return word !== undefined && this.redacted(word, word.length) === word ? word : undefined
  }

  #allForms() {
    const forms = [...new Set(this.#texts.flatMap(formsOf))].sort((one, other) => other.length - one.length)
    return forms.map((form) => ({
      length: form.length,
      pattern: isWord(form, this.#texts) ? asWord(form) : form,
    }))
  }
}

const words = /[\w.~+/=-]{24,}/g

/** Signatures (hexadecimal, longer than the ids of Thing+), and tokens (three parts with dots). */
function withoutCredential(word: string): string {
  const isToken = word.split('.').filter((part) => part.length >= 8).length >= 3
  return isToken ? standIn : word.replace(/[0-9a-f]{40,}/gi, standIn)
}

/** So short a secret is a word as well, or a part of many: with the key `x`, `does not exist` has to stay readable. */
function isWord(form: string, secrets: readonly string[]): boolean {
  return form.length < shortestUnmistakable && secrets.includes(form)
}

/** Where it stands as a word of its own; of one or two characters, where it is quoted or assigned. */
function asWord(form: string): RegExp {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const before = form.length > 2 ? '(?<![\\p{L}\\p{N}])' : '(?<=["\'=:])'
  return new RegExp(`${before}${literal}(?![\\p{L}\\p{N}])`, 'gu')
}

/** A secret in all the ways in which somebody may quote it. */
function formsOf(secret: string): string[] {
  if (!secret) return []
  const bytes = Buffer.from(secret)
  const wellFormed = bytes.toString()
  const url = encodeURIComponent(wellFormed)
  const encoded = [
    url,
    url.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    encodeURIComponent(url),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    encodeURI(wellFormed),
    JSON.stringify(wellFormed).slice(1, -1),
    inHtml(wellFormed),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64FormsOf(bytes),
  ]
  return [secret, ...encoded.filter((form) => form.length >= shortestForm)]
}

/** What stays the same of its base64, whatever stands around it: three ways to begin, and the URL's alphabet. */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const text = whole.toString('base64').slice(Math.ceil((before * 4) / 3), Math.floor((whole.length * 4) / 3))
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function inHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
