/** A text from outside, no longer than the page has room for. */
export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text)
