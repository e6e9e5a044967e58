/** What separates the fraction of a number that is written as text. It is chosen, never guessed. */
export type DecimalSign = 'point' | 'comma'

const patterns: Readonly<Record<DecimalSign, RegExp>> = {
  point: /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i,
  comma: /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i,
}
const longestNumber = 400

/** A text that is a number, with a point before its fraction; `undefined` for any other. */
export function pointedNumber(text: string, decimalSign: DecimalSign): string | undefined {
  const trimmed = text.trim()
  if (trimmed.length > longestNumber || !patterns[decimalSign].test(trimmed)) return undefined
  const pointed = decimalSign === 'comma' ? trimmed.replace(',', '.') : trimmed
  return Number.isFinite(Number(pointed)) ? pointed : undefined
}

/** Whether a text is a number that has a decimal comma, by the choice of whoever said that fractions have one. */
export function hasDecimalComma(text: string, decimalSign: DecimalSign): boolean {
  return decimalSign === 'comma' && /^\s{0,20}[+-]?\d{1,300},\d{1,300}\s{0,20}$/.test(text)
}
