/** HTML that may go into a page as it is: all text in it has been escaped. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }
}

type Part = Markup | string | number | undefined | readonly Part[]

/** HTML of a template. What is put in is text, and cannot become an element or leave its attribute, unless it is `Markup`. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(parts.map((part, index) => part + printed(values[index])).join(''))
}

function printed(value: Part): string {
  if (value === undefined) return ''
  if (value instanceof Markup) return value.html
  if (typeof value === 'object') return value.map(printed).join('')
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
