/** What a text may hold: names and numbers as they are, and further texts, which are translated with it. */
export type TextValue = string | number | Text

/** The translation of a template such as `{0} is empty.`; `undefined` where there is none. */
export type Translate = (template: string) => string | undefined

/** A sentence for a person: English in the code, any language where it is shown. Made by `say`. */
export class Text {
  constructor(
    /** What stands before, between and after the values. */
    readonly parts: readonly string[],
    readonly values: readonly TextValue[],
  ) {}

  /** What catalogues know it by: `{0} is empty.` */
  get template(): string {
    return this.parts.reduce((template, part, index) => `${template}{${index - 1}}${part}`)
  }

  /** The sentence in another language; a text at its very beginning gets a capital. */
  in(translate: Translate): string {
    return this.#filled(translate, true)
  }

  #filled(translate: Translate, isOpening: boolean): string {
    const { template, values } = this
    return (translate(template) ?? template).replace(/\{(\d+)\}/g, (placeholder, index: string, offset: number) => {
      const value = values[Number(index)] ?? placeholder
      if (!(value instanceof Text)) return String(value)
      const opens = isOpening && offset === 0
      const words = value.#filled(translate, opens)
      return opens && value.parts[0] ? words.charAt(0).toUpperCase() + words.slice(1) : words
    })
  }

  /** The sentence in English. */
  toString(): string {
    return this.in(() => undefined)
  }

  toJSON(): string {
    return this.toString()
  }
}

/**
 * A text that can be translated: `` say`${name} is empty.` `` is looked up as `{0} is empty.` in
 * `nodes/locales/<language>/texts.json`. Say whole sentences: another language has another order of words.
 */
export function say(parts: TemplateStringsArray, ...values: TextValue[]): Text {
  return new Text(parts, values)
}

/** Several in a row; only the texts among them are translated. */
export function joined(values: readonly TextValue[], separator = ', '): Text {
  return new Text(['', ...values.slice(1).map(() => separator), ''], values)
}
