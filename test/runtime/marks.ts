import { createHash } from 'node:crypto'

/** Texts that must not be found anywhere, in every form in which they might lie around. */
export class Marks {
  readonly #forms = new Map<string, string>()

  /** @param name what it is, for the report; short texts are left out, they lie around by chance */
  add(name: string, text: string): void {
    if (text.length < 8) return
    const put = (form: string, needle: string) => this.#forms.set(needle, `${name} (${form})`)
    put('as JSON', JSON.stringify(text).slice(1, -1))
    put('URL-encoded', encodeURIComponent(text))
    put('as a form field', new URLSearchParams({ '': text }).toString().slice(1))
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      for (const needle of encoding === 'hex' ? [Buffer.from(text).toString('hex')] : insideBase64(text, encoding)) {
        put(encoding, needle)
      }
    }
    for (const algorithm of ['md5', 'sha1', 'sha256']) {
      put(algorithm, createHash(algorithm).update(text).digest('hex'))
      put(`${algorithm} in base64`, createHash(algorithm).update(text).digest('base64'))
    }
    put('plain', text)
  }

  /** What is found in there, by name and form. */
  findIn(haystack: string): string[] {
    const found = [...this.#forms].filter(([needle]) => haystack.includes(needle)).map(([, name]) => name)
    return [...new Set(found)]
  }
}

/** What a longer text in base64 holds of this one, for each of the three places at which it may start. */
function insideBase64(text: string, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
      .toString(encoding)
      .replace(/=+$/, '')
    const bits = (offset + Buffer.byteLength(text)) * 8
    // The first and the last character hold bits of the neighbours, too.
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6))
  })
}
